import helmet from '@fastify/helmet';
import { VersioningType, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Instant } from '@murmuration/kernel';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { nestLogger, type Logger } from '../logging/logger';
import { answerWrongMethods } from './allowed-methods';
import { answerAs, systemNow } from './command-context';
import { correlate } from './correlation';
import { openDocs, type DocsOptions } from './docs';
import { problem } from './problem';
import { ProblemFilter, sendProblem } from './problem.filter';
import { SchemaPipe } from './schema.pipe';
import { answerUnreadable } from './unreadable-request';

export type HttpAppOptions = {
  readonly service: string;
  readonly logger: Logger;
  readonly bodyLimitBytes: number;
  readonly docs: Omit<DocsOptions, 'service'>;
  readonly now?: () => Instant;
  /** Told of every answer: its method, its route as declared, its status and how long it took. */
  readonly onAnswered?: (method: string, route: string, status: number, durationMs: number) => void;
};

/** A path parameter is at most an id of 64 characters, percent-encoded. */
const PARAM_CHARS_MAX = 256;

/** JSON alone is read, and an empty body counts as none, since many clients name a content type on every POST. */
const readJsonOnly = (fastify: FastifyInstance): void => {
  fastify.removeAllContentTypeParsers();
  const parse = fastify.getDefaultJsonParser('error', 'error');
  fastify.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body.length === 0) done(null, undefined);
    else void parse(request, body as string, done);
  });
};

/** A client that has the newest version already is told so, without the body. */
const answerNotModified = (fastify: FastifyInstance): void => {
  fastify.addHook('onSend', (request, reply, payload, done) => {
    const tag = reply.getHeader('etag');
    if (request.method !== 'GET' || tag === undefined || request.headers['if-none-match'] !== tag)
      return done(null, payload);
    void reply.status(304).removeHeader('content-type').removeHeader('content-length');
    done(null, '');
  });
};

const secure = (fastify: FastifyInstance): void => {
  void fastify.register(helmet, {
    // Everything is plain HTTP on the loopback interface or behind an ingress, which says these two itself.
    strictTransportSecurity: false,
    contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } },
  });
};

const newAdapter = (bodyLimitBytes: number, logger: Logger): FastifyAdapter =>
  new FastifyAdapter({
    bodyLimit: bodyLimitBytes,
    routerOptions: { maxParamLength: PARAM_CHARS_MAX },
    clientErrorHandler: answerUnreadable,
    // What fails before there is a route, such as a path that is no UTF-8. Nest brings its own copy of Fastify's types.
    frameworkErrors: ({ message }: Error, request: unknown, reply: unknown) =>
      sendProblem(problem('invalid-request', message), request as FastifyRequest, reply as FastifyReply, logger),
  });

/**
 * A Nest application on Fastify that speaks as every service does: routes under `/v1`, problem documents for whatever goes
 * wrong, correlation ids, security headers, OpenAPI at `/docs` and `/docs-json`. Not listening yet.
 */
export const createHttpApp = async (
  module: DynamicModule,
  options: HttpAppOptions,
): Promise<NestFastifyApplication> => {
  const { service, logger, bodyLimitBytes, docs, now = systemNow, onAnswered } = options;
  const app = await NestFactory.create<NestFastifyApplication>(module, newAdapter(bodyLimitBytes, logger), {
    logger: nestLogger(logger),
    bodyParser: false,
    abortOnError: false,
  });
  const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance; // because Nest types its own copy
  answerAs(fastify, { service, now });
  correlate(fastify);
  readJsonOnly(fastify);
  answerNotModified(fastify);
  secure(fastify);
  answerWrongMethods(fastify, logger);
  fastify.addHook('onResponse', (request, reply, done) => {
    onAnswered?.(request.method, request.routeOptions.url ?? 'none', reply.statusCode, reply.elapsedTime);
    done();
  });
  app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });
  app.useGlobalPipes(new SchemaPipe());
  app.useGlobalFilters(new ProblemFilter(logger));
  openDocs(app, { service, ...docs });
  return app;
};
