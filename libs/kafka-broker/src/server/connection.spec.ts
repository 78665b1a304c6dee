import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { eventually } from '@murmuration/testing';
import { type Answer, Connection } from './connection';

const MEBIBYTE = 1024 * 1024;

describe('a connection', () => {
  let server: Server;
  let client: Socket;
  let served: Socket;
  const pending: ((answer: Answer) => void)[] = [];

  beforeEach(async () => {
    server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const accepted = once(server, 'connection') as Promise<[Socket]>;
    client = connect((server.address() as AddressInfo).port, '127.0.0.1');
    [served] = await accepted;
    new Connection(served, {
      frameBytesMax: 100 * MEBIBYTE,
      answer: () => new Promise((resolve) => pending.push(resolve)),
      log: () => undefined,
    });
  });
  afterEach(() => {
    pending.length = 0;
    client.destroy();
    served.destroy();
    server.close();
  });

  const frame = (bytes: number): Buffer => {
    const whole = Buffer.alloc(4 + bytes);
    whole.writeInt32BE(bytes);
    return whole;
  };
  const answerNext = async (): Promise<void> => {
    const answer = await eventually(() => pending.shift(), { expectation: 'a request in hand' });
    answer!([Buffer.from('a')]);
  };

  it('reads no more while large requests wait, and all of them in the end', async () => {
    const requests = 30;
    let answers = 0;
    client.on('data', (bytes: Buffer) => (answers += bytes.length));
    for (let count = 0; count < requests; count++) client.write(frame(MEBIBYTE));
    await eventually(() => served.isPaused(), { expectation: 'a pause' });
    expect(served.bytesRead).toBeLessThan(12 * MEBIBYTE);
    for (let count = 0; count < requests; count++) await answerNext();
    await eventually(() => answers === requests, { expectation: 'all answers' });
  });

  it('goes on after a request that is larger than all that may wait', async () => {
    client.write(frame(1000));
    client.write(frame(20 * MEBIBYTE));
    client.write(frame(1000));
    let answers = 0;
    client.on('data', (bytes: Buffer) => (answers += bytes.length));
    for (let count = 0; count < 3; count++) await answerNext();
    await eventually(() => answers === 3, { expectation: 'all answers' });
  });
});
