import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { DemoError } from './demo-error';
import { flockClient, type FlockClientOptions } from './flock-client';
import type { DemoOrder } from './orders-file';

type Seen = { readonly method?: string; readonly path?: string; readonly key?: unknown; readonly body: string };
type Reply = { readonly status: number; readonly body?: unknown } | 'hang-up';

const order: DemoOrder = {
  ...{ ref: 'demo-1', customerId: 'c-1', currency: 'EUR', paymentToken: 'tok_ok' },
  lines: [{ sku: 'KETTLE', quantity: 2, unitPriceMinor: 1_999 }],
  shipTo: { name: 'Ada', street: 'Rue Burdeau 75', city: 'Lyon', postalCode: '69001', country: 'FR' },
  expect: { status: 'delivered' },
};

const problem = (status: number, code: string, more: object = {}): Reply => ({
  status,
  body: { type: `urn:problem-type:${code}`, status, detail: `it is ${code}`, ...more },
});
const created: Reply = { status: 201, body: { orderId: 'id-1' } };

describe('the client of the flock', () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close().closeAllConnections();
  });

  /** A service that answers by this script, the last answer again and again. */
  const service = async (...script: readonly Reply[]): Promise<{ readonly url: string; readonly seen: Seen[] }> => {
    const seen: Seen[] = [];
    const answer = async (request: IncomingMessage): Promise<Reply> => {
      const { method, url: path, headers } = request;
      seen.push({ ...{ method, path }, key: headers['idempotency-key'], body: await text(request) } as Seen);
      return script[Math.min(seen.length, script.length) - 1] ?? 'hang-up';
    };
    const server = createServer((request, response) => {
      void answer(request).then((reply) => {
        if (reply === 'hang-up') request.socket.destroy();
        else response.writeHead(reply.status).end(reply.body === undefined ? '' : JSON.stringify(reply.body));
      });
    });
    servers.push(server);
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
  };

  const clientOf = (orders: readonly string[], options: Partial<FlockClientOptions> = {}) =>
    flockClient({ orders, inventory: orders, projections: orders }, { run: 'run', ...options });

  it('gives every write an idempotency key of this run', async () => {
    const { url, seen } = await service(created);
    const client = clientOf([url]);
    await client.submit(order);
    await client.cancel('id-1');
    await client.receive({ sku: 'TEA 1', name: 'Tea', quantity: 3 });
    expect(seen.map(({ path, key }) => [path, key])).toEqual([
      ['/v1/orders', 'run-demo-1'],
      ['/v1/orders/id-1/cancel', 'run-cancel-id-1'],
      ['/v1/stock/TEA%201/receipts', 'run-receive-TEA 1'],
    ]);
    expect(JSON.parse(seen[0]?.body ?? '')).toMatchObject({ submit: true, lines: order.lines, paymentToken: 'tok_ok' });
  });

  it.each<[string, Reply]>([
    ['hangs up', 'hang-up'],
    ['is unavailable', problem(503, 'unavailable')],
    ['still decides the same request', problem(409, 'in-progress')],
    ['is contended', problem(409, 'contended')],
  ])('repeats exactly the same request when the service %s', async (_, first) => {
    const { url, seen } = await service(first, created);
    await expect(clientOf([url]).submit(order)).resolves.toEqual({ ok: true, body: { orderId: 'id-1' } });
    expect(seen).toHaveLength(2);
    expect(seen[1]).toEqual(seen[0]);
  });

  it.each<[string, Reply]>([
    ['refuses by its rules', problem(409, 'order-already-closed', { rejection: { type: 'OrderAlreadyClosed' } })],
    ['finds the request wrong', problem(422, 'invalid-request')],
    ['fails', problem(500, 'internal')],
  ])('asks once when the service %s', async (_, reply) => {
    const { url, seen } = await service(reply, created);
    await expect(clientOf([url]).submit(order)).resolves.toMatchObject({ ok: false });
    expect(seen).toHaveLength(1);
  });

  it('goes on to the next replica when one is gone', async () => {
    const gone = await service('hang-up');
    const alive = await service(created);
    await expect(clientOf([gone.url, alive.url]).submit(order)).resolves.toMatchObject({ ok: true });
    expect([gone.seen.length, alive.seen.length]).toEqual([1, 1]);
  });

  it('gives up in one line when nobody answers for longer than its patience', async () => {
    const { url } = await service('hang-up');
    const submitted = clientOf([url], { patienceMs: 0 }).submit(order);
    await expect(submitted).rejects.toThrow(DemoError);
    await expect(submitted).rejects.toMatchObject({ code: 'flock-unreachable', retryable: true });
    await expect(submitted).rejects.toThrow(new RegExp(`^${url} does not answer \\(.+\\)$`));
  });

  it('answers with the problem itself when a service is unavailable for longer than its patience', async () => {
    const { url } = await service(problem(503, 'unavailable'));
    await expect(clientOf([url], { patienceMs: 0 }).submit(order)).resolves.toMatchObject({ ok: false, status: 503 });
  });

  it('stops waiting at once when it is told to, with the reason', async () => {
    const { url } = await service('hang-up');
    const ending = new AbortController();
    const submitted = clientOf([url], { patienceMs: 60_000, signal: ending.signal }).submit(order);
    ending.abort(new DemoError('flock-unreachable', 'the stack has ended'));
    await expect(submitted).rejects.toThrow('the stack has ended');
  });

  it('shows views, and says in one line when they are refused', async () => {
    const shown = await service({ status: 200, body: { orders: [{ orderId: 'id-1', status: 'delivered' }] } });
    await expect(clientOf([shown.url]).views(['id-1', 'id-2'])).resolves.toEqual([
      { orderId: 'id-1', status: 'delivered' },
    ]);
    expect(shown.seen[0]?.path).toBe('/v1/orders?limit=2&ids=id-1,id-2');
    const refused = await service(problem(400, 'invalid-request'));
    await expect(clientOf([refused.url]).views(['?'])).rejects.toThrow(
      'projections refused to show orders: it is invalid-request',
    );
  });

  it('has no timeline of an order that nobody has heard of', async () => {
    const { url } = await service(problem(404, 'not-found'));
    await expect(clientOf([url]).timeline('id-1')).resolves.toBeUndefined();
  });
});
