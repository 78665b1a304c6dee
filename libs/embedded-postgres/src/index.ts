export { type DatabaseOptions } from './databases';
export {
  EMBEDDED_POSTGRES_ERRORS,
  EmbeddedPostgresError,
  type EmbeddedPostgresErrorCode,
} from './embedded-postgres-error';
export { type Postgres, type StartOptions, type StopMode, startPostgres } from './postgres';
export { type TestDatabase, type TestPostgres, postgresForTests } from './postgres-for-tests';
export { type ServerExit } from './server-process';
