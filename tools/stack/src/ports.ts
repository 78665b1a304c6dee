import { createServer } from 'node:net';
import { StackError } from './stack-error';

const listen = (port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port }, () => {
      const address = server.address();
      server.close(() => resolve(address !== null && typeof address === 'object' ? address.port : port));
    });
  });

/** A port that nobody listens on: `wanted`, or any when it is 0. */
export const freePort = async (what: string, wanted: number): Promise<number> => {
  try {
    return await listen(wanted);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE')
      throw new StackError(
        `port ${wanted} for ${what} is in use; stop what listens there, or choose ports with --port-offset or --free-ports`,
      );
    throw new StackError(`port ${wanted} for ${what} cannot be opened (${code ?? String(error)})`);
  }
};
