import { createServer, type AddressInfo, type Server } from 'node:net';
import { findPorts } from './ports';
import { StackError } from './stack-error';

const listenOn = (port: number): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });

describe('the ports of a stack', () => {
  it('name the one that is taken, and what to do', async () => {
    const server = await listenOn(0);
    const { port } = server.address() as AddressInfo;
    const found = findPorts([{ what: 'payments', port }]);
    await expect(found).rejects.toThrow(StackError);
    await expect(found).rejects.toThrow(
      `port ${port} for payments is in use; stop what listens there, or choose ports with --port-offset or --free-ports`,
    );
    server.close();
  });

  it('are all different, and free again to be listened on', async () => {
    const ports = await findPorts(Array.from({ length: 12 }, (_, index) => ({ what: `unit ${index}`, port: 'any' })));
    expect(new Set(ports).size).toBe(12);
    const servers = await Promise.all(ports.map(listenOn));
    for (const server of servers) server.close();
  });

  it('lie below those of outgoing connections, which could sit on one while its unit restarts', async () => {
    const ports = await findPorts(Array.from({ length: 12 }, (_, index) => ({ what: `unit ${index}`, port: 'any' })));
    expect(Math.max(...ports)).toBeLessThan(32_768);
  });
});
