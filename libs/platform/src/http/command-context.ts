import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { derivedId, uuidV5 } from '@murmuration/event-store';
import { assert, instantOfEpochMs, type Instant } from '@murmuration/kernel';
import type { FastifyRequest } from 'fastify';
import { randomUUID } from 'node:crypto';
import { bodyHash } from './canonical-json';
import { correlationIdOf } from './correlation';
import { invalidRequest } from './problem';

/** What a request says about the command in it, beside the command itself. */
export type CommandContext = {
  /** The same for every request with the same Idempotency-Key to the same route by the same principal. */
  readonly commandId: string;
  /** Names what a create creates; derived from `commandId`, so that a repeat names the same. */
  readonly newId: string;
  readonly correlationId: string;
  readonly actor: string;
  /** When the request arrived. */
  readonly now: Instant;
  /** Of the body, when the request has an Idempotency-Key. */
  readonly requestHash?: string;
  /** The version that the If-Match header wants the aggregate at. */
  readonly ifMatch?: number;
  readonly traceparent?: string;
};

export const IDEMPOTENCY_HEADER = 'idempotency-key';
const KEY = /^[\x21-\x7e]{1,255}$/;
const ENTITY_TAG = /^"(\d{1,15})"$/;
const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** Until requests are authenticated, all of them come from one principal. */
const ANONYMOUS = 'anonymous';

const keyOf = (request: FastifyRequest): string | undefined => {
  const given = request.headers[IDEMPOTENCY_HEADER];
  if (given === undefined) return undefined;
  if (typeof given === 'string' && KEY.test(given)) return given;
  const allowed = '1 to 255 visible ASCII characters';
  throw invalidRequest([{ field: 'Idempotency-Key', message: `must be ${allowed}`, allowed }]);
};

const versionOf = (request: FastifyRequest): number | undefined => {
  const given = request.headers['if-match'];
  if (given === undefined || given === '*') return undefined;
  const [, version] = ENTITY_TAG.exec(given) ?? [];
  if (version !== undefined) return Number(version);
  const allowed = 'one entity tag as an answer gave it, such as "3"';
  throw invalidRequest([{ field: 'If-Match', message: `must be ${allowed}`, allowed }]);
};

export const commandContextOf = (request: FastifyRequest, service: string, now: Instant): CommandContext => {
  const key = keyOf(request);
  const route = `${request.method} ${request.routeOptions.url ?? request.url}`;
  const params = Object.values(request.params as Readonly<Record<string, string>>);
  const commandId = key === undefined ? randomUUID() : derivedId(service, ANONYMOUS, route, ...params, key);
  const ifMatch = versionOf(request);
  const { traceparent } = request.headers;
  return {
    commandId,
    newId: uuidV5(commandId, 'created'),
    correlationId: correlationIdOf(request),
    actor: ANONYMOUS,
    now,
    ...(key === undefined ? {} : { requestHash: bodyHash(request.body) }),
    ...(ifMatch === undefined ? {} : { ifMatch }),
    ...(typeof traceparent === 'string' && TRACEPARENT.test(traceparent) ? { traceparent } : {}),
  };
};

/** What a request must be told by the service that answers it. */
export type ServiceClock = { readonly service: string; readonly now: () => Instant };

const clocks = new WeakMap<object, ServiceClock>();

/** Says which service answers the requests of this server, and by which clock. */
export const answerAs = (server: object, clock: ServiceClock): void => void clocks.set(server, clock);

export const systemNow = (): Instant => instantOfEpochMs(Date.now());

/** Hands a controller the `CommandContext` of its request. */
export const FromRequest = createParamDecorator((_: unknown, execution: ExecutionContext): CommandContext => {
  const request = execution.switchToHttp().getRequest<FastifyRequest>();
  const clock = clocks.get(request.server);
  assert(clock !== undefined, 'a server made by createHttpApp');
  return commandContextOf(request, clock.service, clock.now());
});
