import type { FastifyInstance } from 'fastify';
import type { Logger } from '../logging/logger';
import { problem } from './problem';
import { sendProblem } from './problem.filter';

const fits = (route: readonly string[], path: readonly string[]): boolean =>
  route.length === path.length &&
  route.every((part, place) => (part.startsWith(':') ? path[place] !== '' : part === path[place]));

const partsOf = (path: string): readonly string[] => (path.split('?')[0] ?? '').split('/');

/** Tells whoever asks for something by a method that it does not have which ones it has, instead of that it is not there. */
export const answerWrongMethods = (fastify: FastifyInstance, logger: Logger): void => {
  const routes = new Map<string, Set<string>>();
  fastify.addHook('onRoute', ({ url, method }) => {
    const methods = routes.get(url) ?? new Set();
    for (const each of [method].flat()) methods.add(each);
    routes.set(url, methods);
  });
  const methodsOf = (path: readonly string[]): readonly string[] => [
    ...new Set([...routes].flatMap(([url, methods]) => (fits(partsOf(url), path) ? [...methods] : []))),
  ];
  // Before the body is read, and after the hooks that every answer gets its headers from.
  fastify.addHook('preParsing', (request, reply, _payload, done) => {
    const allowed = request.is404 ? methodsOf(partsOf(request.url)).join(', ') : '';
    if (allowed === '') return done();
    const detail = `${request.method} is not among the methods of this path: ${allowed}`;
    void reply.header('allow', allowed);
    sendProblem(problem('method-not-allowed', detail), request, reply, logger);
  });
};
