import { randomBytes } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { EmbeddedPostgresError, startPostgres, type Postgres } from '@murmuration/embedded-postgres';
import { rotateLog } from './data-folder';
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
  const logFile = join(dataDir, 'logs/postgres.log');
  const passwords = new Map(databases.map((name) => [name, randomBytes(16).toString('hex')]));
  let empty = fresh;

  const createDatabases = async (postgres: Postgres): Promise<void> => {
    await Promise.all(
      databases.map(async (name) => {
        urls.set(name, await postgres.createDatabase({ name, role: name, password: passwords.get(name) ?? '' }));
      }),
    );
  };

  return {
    name: 'postgres',
    start: async (): Promise<Running> => {
      rotateLog(logFile);
      let lastLine: string | undefined;
      try {
        const postgres = await startPostgres({
          dataDir: join(dataDir, 'postgres'),
          port,
          fresh: empty,
          log: (line) => {
            lastLine = line;
            // Its last lines come after its end; there are few, so each is written at once.
            appendFileSync(logFile, `${line}\n`);
          },
        });
        empty = false;
        try {
          await createDatabases(postgres);
        } catch (error) {
          await postgres.stop('fast');
          throw error;
        }
        return {
          pid: postgres.pid,
          ended: postgres.exited.then(({ code, signal }) => signal ?? `exit code ${code}`),
          lastWords: () => lastLine,
          stop: () => postgres.stop('fast'),
        };
      } catch (error) {
        if (error instanceof EmbeddedPostgresError) throw new StackError(error.message);
        throw error;
      }
    },
    // It accepts connections from the moment it was started.
    ready: () => Promise.resolve(),
  };
};
