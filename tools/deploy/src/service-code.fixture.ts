import { createServer } from 'node:http';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { ROOT, foldersOf, readText } from './repository.fixture';

/** The services that there are: every app that reads a configuration. */
export const SERVICES = foldersOf('apps').filter((name) => readText(`apps/${name}/src/config.ts`) !== undefined);

export type ReadConfig = {
  readonly config: Readonly<Record<string, unknown>>;
  /** Every variable that the service looks at. */
  readonly names: ReadonlySet<string>;
};

/** Lets the service's own code read its configuration from this environment. Rejects as the service would. */
export const readConfigOf = async (service: string, env: Readonly<Record<string, string>>): Promise<ReadConfig> => {
  const { readConfig } = (await import(join(ROOT, 'apps', service, 'src/config'))) as {
    readonly readConfig: () => ReadConfig['config'];
  };
  const names = new Set<string>();
  const { env: real } = process;
  process.env = new Proxy(
    { ...env },
    {
      get: (variables, name) => {
        names.add(String(name));
        return variables[String(name)];
      },
    },
  );
  try {
    return { config: readConfig(), names };
  } finally {
    process.env = real;
  }
};

/** A database's address that says nothing, for a service whose defaults are looked at. */
export const ANY_DATABASE = 'postgres://nobody:nothing@127.0.0.1:5432/none';

export type Answer = { readonly status: number; readonly body: unknown };

/** Runs a probe's command as a container would, against a service that gives this answer. Resolves to path asked and exit code. */
export const probeAgainst = async (
  command: readonly string[],
  { status, body }: Answer,
): Promise<{ readonly code: number; readonly path: string | undefined }> => {
  let path: string | undefined;
  const server = createServer((request, response) => {
    path = request.url;
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const [program, ...args] = command;
  if (program !== 'node') throw new Error(`a probe by ${program}, which a slim image may not have`);
  const child = spawn(process.execPath, args, { env: { PORT: String(port) }, stdio: 'inherit' });
  const [code] = (await once(child, 'exit')) as [number];
  server.close();
  return { code, path };
};
