export * from './commands/answer';
export * from './commands/conditional-model';
export * from './commands/execute';
export * from './commands/read';
export * from './commands/stream-reader';
export * from './config/config';
export * from './config/service-config';
export * from './health/health';
export * from './http/answer.interceptor';
export { bodyHash } from './http/canonical-json';
export { type CommandContext, FromRequest, systemNow } from './http/command-context';
export { Answers, Commands, type DocsOptions, Lists, Reads } from './http/docs';
export { type ApiDocument, documentGaps } from './http/document-gaps';
export * from './http/http-app';
export {
  invalidRequest,
  problem,
  PROBLEMS,
  ProblemError,
  type FieldError,
  type Problem,
  type ProblemCode,
} from './http/problem';
export * from './http/query-schemas';
export * from './http/stream-queries';
export * from './lifecycle/assemble-service';
export * from './lifecycle/flow';
export * from './lifecycle/kafka-flow';
export * from './lifecycle/postgres-storage';
export * from './lifecycle/run-service';
export { type UnsentEvents } from './lifecycle/service-backlog';
export * from './lifecycle/service-definition';
export * from './lifecycle/service-on-memory';
export * from './lifecycle/service-storage';
export * from './lifecycle/start-service';
export * from './logging/logger';
export * from './logging/request-scope';
export * from './metrics/metrics';
export { PARKED_RECORDS, type ParkedRecords } from './parked/parked.controller';
export * from './service-core';
export * from './service.module';
export * from './transport/flock-server';
export * from './transport/reactions';
export * from './transport/reacts';
