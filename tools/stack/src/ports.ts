import { createServer, type Server } from 'node:net';
import { StackError } from './stack-error';

const HOST = '127.0.0.1';

/** Below the ports that operating systems give to outgoing connections, one of which might else sit on a port while its unit restarts. */
const ANY_FROM = 12_000;
const ANY_BELOW = 32_000;
const ANY_ATTEMPTS_MAX = 200;

const listen = (port: number): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host: HOST, port }, () => resolve(server));
  });

const close = (server: Server): Promise<void> => new Promise((resolve) => server.close(() => resolve()));

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? String(error);

const listenOn = async (what: string, port: number): Promise<Server> => {
  try {
    return await listen(port);
  } catch (error) {
    throw new StackError(
      codeOf(error) === 'EADDRINUSE'
        ? `port ${port} for ${what} is in use; stop what listens there, or choose ports with --port-offset or --free-ports`
        : `port ${port} for ${what} cannot be opened (${codeOf(error)}); choose ports with --port-offset or --free-ports`,
    );
  }
};

const listenAnywhere = async (what: string): Promise<Server> => {
  for (let attempt = 1; attempt <= ANY_ATTEMPTS_MAX; attempt++) {
    try {
      return await listen(ANY_FROM + Math.floor(Math.random() * (ANY_BELOW - ANY_FROM)));
    } catch (error) {
      if (!['EADDRINUSE', 'EACCES'].includes(codeOf(error))) throw error;
    }
  }
  throw new StackError(`no free port was found for ${what} between ${ANY_FROM} and ${ANY_BELOW}`);
};

export type WantedPort = { readonly what: string; readonly port: number | 'any' };

/** Ports that nobody listens on, all different, in the order of the wishes. Throws a `StackError` that names the first that is taken. */
export const findPorts = async (wanted: readonly WantedPort[]): Promise<readonly number[]> => {
  const servers: Server[] = [];
  try {
    for (const { what, port } of wanted)
      servers.push(port === 'any' ? await listenAnywhere(what) : await listenOn(what, port));
    return servers.map((server) => {
      const address = server.address();
      if (address === null || typeof address === 'string') throw new StackError('a port has no number');
      return address.port;
    });
  } finally {
    await Promise.all(servers.map(close));
  }
};
