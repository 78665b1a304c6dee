import { DemoError } from './demo-error';
import type { FlockClient, OrderView } from './flock-client';
import type { DemoOrder } from './orders-file';
import { runDemo, type DemoRun } from './run-demo';

const orderOf = (ref: string, more: Partial<DemoOrder> = {}): DemoOrder => ({
  ...{ ref, customerId: 'c-1', currency: 'EUR', paymentToken: 'tok_ok' },
  lines: [{ sku: 'KETTLE', quantity: 2, unitPriceMinor: 1_999 }],
  shipTo: { name: 'Ada', street: 'Rue Burdeau 75', city: 'Lyon', postalCode: '69001', country: 'FR' },
  expect: { status: 'delivered' },
  ...more,
});

const refused = (type: string) => ({ ok: false, status: 409, problem: { rejection: { type } } }) as const;

/** A flock in which an order goes through these statuses, one further at each look; the last one stays. */
const scriptedFlock = (course: Readonly<Record<string, readonly string[]>>, replies: Partial<FlockClient> = {}) => {
  const calls: string[] = [];
  const looks = new Map<string, number>();
  const done = <Body>(call: string, body: Body) => {
    calls.push(call);
    return Promise.resolve({ ok: true, body } as const);
  };
  const client: FlockClient = {
    receive: ({ sku, quantity }) => done(`receive ${quantity} ${sku}`, {}),
    registerCustomer: (id) => done(`register ${id}`, {}),
    suspendCustomer: (id) => done(`suspend ${id}`, {}),
    submit: ({ ref }) => done(`submit ${ref}`, { orderId: `id-${ref}` }),
    cancel: (id) => done(`cancel ${id}`, {}),
    views: (ids) =>
      Promise.resolve(
        ids.flatMap((orderId): readonly OrderView[] => {
          const statuses = course[orderId] ?? [];
          const look = looks.get(orderId) ?? 0;
          looks.set(orderId, look + 1);
          const status = statuses[Math.min(look, statuses.length - 1)];
          const times = { submittedAt: '2026-01-01T00:00:00.000Z', finalAt: '2026-01-01T00:00:02.500Z' };
          return status === undefined ? [] : [{ orderId, status, ...times }];
        }),
      ),
    timeline: () => Promise.resolve(undefined),
    ...replies,
  };
  return { client, calls };
};

const run = (options: Pick<DemoRun, 'orders' | 'client'> & Partial<DemoRun>) =>
  runDemo({ stock: [], rate: 5_000, giveUpAfterMs: 2_000, pollMs: 1, progress: () => undefined, ...options });

describe('a demo', () => {
  it('follows each order to its end, and takes the time between the services’ own instants', async () => {
    const { client } = scriptedFlock({ 'id-a': ['submitted', 'shipped', 'delivered'] });
    await expect(run({ client, orders: [orderOf('a')] })).resolves.toEqual([
      {
        ...{ ref: 'a', orderId: 'id-a', asExpected: true, durationMs: 2_500 },
        expected: { status: 'delivered' },
        actual: { status: 'delivered' },
      },
    ]);
  });

  it('tells one outcome for each order, in the order of the file', async () => {
    const { client } = scriptedFlock({ 'id-a': ['submitted', 'submitted', 'delivered'], 'id-b': ['delivered'] });
    const outcomes = await run({ client, orders: [orderOf('a'), orderOf('b')] });
    expect(outcomes.map(({ ref }) => ref)).toEqual(['a', 'b']);
  });

  it('finds an end as expected only when status, reason and detail are those of the file', async () => {
    const expected = { status: 'cancelled', reason: 'payment-declined', detail: 'card_declined' } as const;
    const endings = [expected, { ...expected, detail: 'other' }, { ...expected, reason: 'other' }];
    for (const [index, ending] of endings.entries()) {
      const { client } = scriptedFlock({}, { views: ([orderId = '']) => Promise.resolve([{ orderId, ...ending }]) });
      const [outcome] = await run({ client, orders: [orderOf('a', { expect: expected })] });
      expect(outcome).toMatchObject({ asExpected: index === 0, actual: ending });
    }
  });

  it('receives the stock and suspends the customers who must be refused before it places the first order', async () => {
    const { client, calls } = scriptedFlock({ 'id-a': ['delivered'] });
    const expected = { status: 'refused', reason: 'CustomerSuspended' } as const;
    await run({
      client: {
        ...client,
        submit: (order) => (order.ref === 'b' ? Promise.resolve(refused('CustomerSuspended')) : client.submit(order)),
      },
      orders: [orderOf('a'), orderOf('b', { customerId: 'c-9', expect: expected })],
      stock: [{ sku: 'KETTLE', name: 'Kettle', quantity: 7 }],
    });
    expect(calls).toEqual(['receive 7 KETTLE', 'register c-9', 'suspend c-9', 'submit a']);
  });

  it('counts a refusal as an end, with the rejection as its reason', async () => {
    const { client } = scriptedFlock({}, { submit: () => Promise.resolve(refused('CustomerSuspended')) });
    const expected = { status: 'refused', reason: 'CustomerSuspended' } as const;
    const [outcome] = await run({ client, orders: [orderOf('a', { expect: expected })] });
    expect(outcome).toEqual({ ref: 'a', expected, actual: expected, asExpected: true });
  });

  it('asks for cancellation at once where the file says so', async () => {
    const { client, calls } = scriptedFlock({ 'id-a': ['cancelled'] });
    await run({ client, orders: [orderOf('a', { cancel: 'at-once', expect: { status: 'cancelled' } })] });
    expect(calls).toEqual(['submit a', 'cancel id-a']);
  });

  it('asks for cancellation once the parcel has left where the file says so', async () => {
    const { client, calls } = scriptedFlock({ 'id-a': ['booked', 'shipped', 'completed', 'delivered'] });
    const [outcome] = await run({ client, orders: [orderOf('a', { cancel: 'after-dispatch' })] });
    expect(calls).toEqual(['submit a', 'cancel id-a']);
    expect(outcome?.asExpected).toBe(true);
  });

  it('fails when an order that was sent twice becomes two', async () => {
    let turn = 0;
    const { client } = scriptedFlock(
      {},
      { submit: () => Promise.resolve({ ok: true, body: { orderId: `id-${++turn}` } }) },
    );
    await expect(run({ client, orders: [orderOf('a', { repeat: true })] })).rejects.toThrow(
      'a was sent twice and did not stay one order',
    );
  });

  it('gives up on orders that do not end, and tells where they stand', async () => {
    const { client } = scriptedFlock({ 'id-a': ['reserved'] });
    const orders = [orderOf('a'), orderOf('b')];
    const outcomes = await run({ client, orders, giveUpAfterMs: 20 });
    expect(outcomes.map(({ actual: { status }, asExpected }) => [status, asExpected])).toEqual([
      ['reserved', false],
      ['unseen', false],
    ]);
  });

  it('never takes an order for ended because its file expects a state on the way', async () => {
    const { client } = scriptedFlock({ 'id-a': ['compensating'] });
    const [outcome] = await run({ client, orders: [orderOf('a')], giveUpAfterMs: 5 });
    expect(outcome).toMatchObject({ asExpected: false, actual: { status: 'compensating' } });
  });

  it('ends with the first failure of the client, and places no more orders', async () => {
    const failure = new DemoError('flock-unreachable', 'orders does not answer');
    const { client, calls } = scriptedFlock({});
    let submissions = 0;
    const failing: FlockClient = {
      ...client,
      submit: (order) => (++submissions === 2 ? Promise.reject(failure) : client.submit(order)),
    };
    const orders = Array.from({ length: 50 }, (_, index) => orderOf(`${index}`));
    await expect(run({ client: failing, orders, rate: 200 })).rejects.toBe(failure);
    expect(calls.length).toBeLessThan(10);
  });

  it('ends with the reason of its signal when it is aborted', async () => {
    const ending = new AbortController();
    const { client } = scriptedFlock({ 'id-a': ['submitted'] });
    const running = run({
      ...{ client, orders: [orderOf('a')], giveUpAfterMs: 60_000, signal: ending.signal },
      progress: () => ending.abort(new DemoError('flock-unreachable', 'the stack has ended')),
    });
    await expect(running).rejects.toThrow('the stack has ended');
  });

  it('stops before the first order when inventory refuses the stock', async () => {
    const { client, calls } = scriptedFlock(
      {},
      { receive: () => Promise.resolve({ ok: false, status: 422, problem: { detail: 'too much' } }) },
    );
    const stock = [{ sku: 'KETTLE', name: 'Kettle', quantity: 7 }];
    await expect(run({ client, stock, orders: [orderOf('a')] })).rejects.toThrow(
      'inventory refused to receive KETTLE: too much',
    );
    expect(calls).toEqual([]);
  });
});
