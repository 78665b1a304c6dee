import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { withinScope } from '../logging/request-scope';

export const CORRELATION_HEADER = 'x-correlation-id';

/** What may go into logs and back out as a header as it came. */
const ACCEPTABLE = /^[A-Za-z0-9._:/+=-]{1,128}$/;

const ids = new WeakMap<FastifyRequest, string>();

/** The id that came with the request, or a new one; the same every time it is asked for. */
export const correlationIdOf = (request: FastifyRequest): string => {
  const known = ids.get(request);
  if (known !== undefined) return known;
  const given = request.headers[CORRELATION_HEADER];
  const id = typeof given === 'string' && ACCEPTABLE.test(given) ? given : randomUUID();
  ids.set(request, id);
  return id;
};

/** Every answer names its correlation id, and every log line written on the way carries it. */
export const correlate = (fastify: FastifyInstance): void => {
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.header(CORRELATION_HEADER, correlationIdOf(request));
    done();
  });
  // After the body was read: the events of the socket run outside of any scope begun before.
  fastify.addHook('preHandler', (request, _reply, done) => {
    withinScope({ correlationId: correlationIdOf(request) }, done);
  });
};
