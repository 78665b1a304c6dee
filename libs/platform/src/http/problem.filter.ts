import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from '../logging/logger';
import { CORRELATION_HEADER, correlationIdOf } from './correlation';
import { documentOf, toProblem } from './problem';

export const PROBLEM_MEDIA_TYPE = 'application/problem+json; charset=utf-8';

/** Answers whatever went wrong with a problem document; only failures of the service itself are errors in its log, and what passes by itself a warning. */
export const sendProblem = (error: unknown, request: FastifyRequest, reply: FastifyReply, logger: Logger): void => {
  const found = toProblem(error);
  const correlationId = correlationIdOf(request);
  const [path = ''] = request.url.split('?');
  const line = { correlationId, method: request.method, path, status: found.status, code: found.code };
  const { cause, retryAfterS, isKnown = false } = found.details;
  if (isKnown) logger.debug(line, found.message);
  else if (found.status >= 500 && retryAfterS === undefined)
    logger.error({ ...line, err: cause ?? found }, found.message);
  else if (found.status >= 500)
    logger.warn({ ...line, ...(cause instanceof Error ? { reason: String(cause) } : {}) }, found.message);
  else logger.debug(line, found.message);
  if (reply.sent) return;
  if (retryAfterS !== undefined) void reply.header('retry-after', retryAfterS);
  void reply
    .status(found.status)
    .header('content-type', PROBLEM_MEDIA_TYPE)
    .header(CORRELATION_HEADER, correlationId)
    .send(JSON.stringify(documentOf(found, path, correlationId)));
};

@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    sendProblem(error, http.getRequest(), http.getResponse(), this.logger);
  }
}
