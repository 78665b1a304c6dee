import type { LoggerService } from '@nestjs/common';
import { pino, type DestinationStream, type Logger } from 'pino';
import { currentScope } from './request-scope';

export type { Logger } from 'pino';

/** JSON lines on standard output, each with the service and, within a request or a heard event, its correlation id. */
export const createLogger = (service: string, level: string, destination?: DestinationStream): Logger =>
  pino(
    {
      level,
      base: { service },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      mixin: () => ({ ...currentScope() }),
    },
    destination ?? pino.destination({ dest: 1, sync: false }),
  );

/** What Nest says while it wires itself up: one line per module and route, of interest only to who looks for it. */
const WIRING = new Set([
  'InstanceLoader',
  'NestApplication',
  'NestFactory',
  'NestMicroservice',
  'RouterExplorer',
  'RoutesResolver',
]);

/** Nest calls with the message first, its context last, and a stack in between for errors. */
const fieldsOf = (params: readonly unknown[]): { readonly context?: string; readonly stack?: string } => {
  const texts = params.filter((param): param is string => typeof param === 'string');
  const context = texts.at(-1);
  return {
    ...(context === undefined ? {} : { context }),
    ...(texts.length > 1 ? { stack: texts[0]! } : {}),
  };
};

/** Nest's own messages as lines of the same log. */
export const nestLogger = (logger: Logger): LoggerService => {
  const write =
    (level: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace') =>
    (message: unknown, ...params: readonly unknown[]): void => {
      const fields = fieldsOf(params);
      const quiet = level === 'info' && WIRING.has(fields.context ?? '');
      if (message instanceof Error) logger[level]({ ...fields, err: message }, message.message);
      else logger[quiet ? 'debug' : level](fields, typeof message === 'string' ? message : JSON.stringify(message));
    };
  return {
    log: write('info'),
    fatal: write('fatal'),
    error: write('error'),
    warn: write('warn'),
    debug: write('debug'),
    verbose: write('trace'),
  };
};
