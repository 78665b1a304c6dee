import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { EmbeddedPostgresError, startPostgres } from '@murmuration/embedded-postgres';
import { StackError } from './stack-error';
import type { Running, Unit } from './supervised';

/** By database name; filled in once PostgreSQL runs. */
export type DatabaseUrls = Map<string, string>;

export type PostgresUnitOptions = {
  readonly dataDir: string;
  readonly port: number;
  /** Holds for the first start only: a restart keeps what there is. */
  readonly fresh: boolean;
  readonly databases: readonly string[];
  readonly urls: DatabaseUrls;
};

/** The one PostgreSQL of the stack, with a database and a role for each service. */
export const postgresUnit = ({ dataDir, port, fresh, databases, urls }: PostgresUnitOptions): Unit => {
  const passwords = new Map(databases.map((name) => [name, randomBytes(16).toString('hex')]));
  let empty = fresh;
  return {
    name: 'postgres',
    start: async (): Promise<Running> => {
      const log = createWriteStream(join(dataDir, 'logs/postgres.log'), { flags: 'a' });
      try {
        const postgres = await startPostgres({
          dataDir: join(dataDir, 'postgres'),
          port,
          fresh: empty,
          log: (line) => void log.write(`${line}\n`),
        });
        empty = false;
        for (const name of databases) {
          urls.set(name, await postgres.createDatabase({ name, role: name, password: passwords.get(name) ?? '' }));
        }
        const ended = postgres.exited.then(({ code, signal }) => signal ?? `exit code ${code}`);
        void ended.then(() => log.end());
        return { pid: postgres.pid, ended, stop: () => postgres.stop('fast') };
      } catch (error) {
        log.end();
        if (error instanceof EmbeddedPostgresError) throw new StackError(error.message);
        throw error;
      }
    },
    // It accepts connections from the moment it was started.
    ready: async () => undefined,
  };
};
