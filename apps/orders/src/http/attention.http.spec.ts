import {
  paymentCaptured,
  paymentNeedsAttention,
  say,
  shipmentCancelled,
  shipmentDispatched,
  stockCommitted,
} from '@murmuration/contracts';
import { instant } from '@murmuration/kernel';
import { serviceOnMemory } from '@murmuration/platform';
import { randomUUID } from 'node:crypto';
import { ordersService } from '../orders.module';

const NOW = instant('2026-03-01T09:30:00.000Z');
const DEADLINE = instant('2026-03-01T09:45:00.000Z');
const start = () => serviceOnMemory(ordersService({ ORDER_DEADLINE_MS: 900_000 }), { now: () => NOW });

let orders: Awaited<ReturnType<typeof start>>;
beforeAll(async () => {
  orders = await start();
});
afterAll(() => orders.close());

const ORDER = {
  ...{ customerId: 'c-1001', currency: 'EUR', paymentToken: 'tok_ok', submit: true },
  shipTo: { name: 'Ada Byron', street: 'Lindengasse 7', city: 'Wien', postalCode: '1070', country: 'AT' },
  lines: [{ sku: 'KETTLE-1L', quantity: 2, unitPriceMinor: 3490 }],
};
const mira = { actor: 'mira', reason: 'spoke to the carrier' };

const submitted = async (): Promise<string> => String((await orders.send('POST', '/orders', ORDER)).body.orderId);
const deadlinePasses = async (orderId: string): Promise<void> => {
  const command = { type: 'EnforceDeadline', orderId, dueAt: DEADLINE, now: NOW } as const;
  const metadata = { correlationId: orderId, causationId: orderId, actor: 'test', hop: 0 };
  await orders.core.processor.execute({ commandId: randomUUID(), command, metadata });
};
/** The deadline has passed once, and once more while shipping kept silent about the cancellation. */
const overdue = async (): Promise<string> => {
  const orderId = await submitted();
  await deadlinePasses(orderId);
  await deadlinePasses(orderId);
  return orderId;
};
/** The parcel has left, and nobody captures. */
const unpaid = async (): Promise<string> => {
  const orderId = await submitted();
  await orders.hear(say(shipmentDispatched, { orderId, dispatchedAt: NOW }));
  await orders.hear(say(stockCommitted, { ...stockCommitted.example, orderId }));
  const reason = 'the provider refused the capture: authorization_expired';
  await orders.hear(say(paymentNeedsAttention, { orderId, reason, since: NOW, attention: 1, call: 'capture' }));
  return orderId;
};
const shown = async (orderId: string) => (await orders.send('GET', `/orders/${orderId}`)).body;
const act = (orderId: string, action: string, body: unknown = mira, headers?: Record<string, string>) =>
  orders.send('POST', `/orders/${orderId}/attention/${action}`, body, headers);
const typesOf = async (orderId: string): Promise<readonly unknown[]> => {
  const { events } = (await orders.send('GET', `/orders/${orderId}/events`)).body;
  return (events as readonly { readonly type: string }[]).map(({ type }) => type);
};

describe('an order that needs a person', () => {
  it('names the step that is silent', async () => {
    expect(await shown(await overdue())).toMatchObject({
      status: 'needs-attention',
      reason: 'no answer before the deadline from shipping (cancel-shipment)',
    });
  });

  it('is waited for once more when it is retried, and shipping is asked again', async () => {
    const orderId = await overdue();
    const { status, body } = await act(orderId, 'retry');
    expect([status, body.status, body.deadlineAt]).toEqual([202, 'submitted', DEADLINE]);
    expect((await typesOf(orderId)).slice(-2)).toEqual(['OrderAttentionRetried', 'OrderCancellationRequested']);
    await deadlinePasses(orderId);
    expect(await shown(orderId)).toMatchObject({ status: 'needs-attention' });
  });

  it('is asked to be cancelled whatever happened before, and cancelled when all is undone', async () => {
    const orderId = await overdue();
    const { status, body } = await act(orderId, 'force-cancel');
    expect([status, body.status, body.cancellationRequested]).toEqual([202, 'submitted', 'deadline-exceeded']);
    await orders.hear(say(shipmentCancelled, { orderId, held: false, cancelledAt: NOW }));
    expect(await shown(orderId)).toMatchObject({ status: 'compensating' });
  });

  it('ends as it was settled by hand, with who said so and why', async () => {
    const orderId = await unpaid();
    const { status, body } = await act(orderId, 'resolve', { ...mira, outcome: 'completed' });
    expect([status, body]).toMatchObject([200, { status: 'completed', resolution: { ...mira, resolvedAt: NOW } }]);
    await orders.hear(say(paymentCaptured, { orderId, amountMinor: 6980, currency: 'EUR', capturedAt: NOW }));
    expect(await shown(orderId)).toMatchObject({ status: 'completed' });
  });

  it('is cancelled by hand when its parcel cannot leave any more', async () => {
    const orderId = await submitted();
    await deadlinePasses(orderId);
    await orders.hear(say(shipmentCancelled, { orderId, held: true, cancelledAt: NOW }));
    await deadlinePasses(orderId);
    const { body } = await act(orderId, 'resolve', { ...mira, outcome: 'cancelled' });
    expect(body).toMatchObject({ status: 'cancelled', reason: 'deadline-exceeded', detail: mira.reason });
  });

  it('is handled once under an idempotency key', async () => {
    const orderId = await overdue();
    const key = { 'idempotency-key': 'retry-1' };
    const first = await act(orderId, 'retry', mira, key);
    const again = await act(orderId, 'retry', mira, key);
    expect([again.status, again.body]).toEqual([202, first.body]);
    expect((await act(orderId, 'retry', { ...mira, reason: 'another' }, key)).status).toBe(422);
  });
});

describe('an operator', () => {
  type Refusal = readonly [string, () => Promise<{ readonly status: number; readonly body: unknown }>, number, object];
  it.each<Refusal>([
    [
      'retries an order that goes well',
      async () => act(await submitted(), 'retry'),
      409,
      { type: 'NothingNeedsAttention' },
    ],
    ['acts on an order that is unknown', () => act('o-nobody', 'force-cancel'), 404, { type: 'OrderNotFound' }],
    ['cancels what has left', async () => act(await unpaid(), 'force-cancel'), 409, { type: 'OrderAlreadyShipped' }],
    [
      'calls cancelled what may still leave',
      async () => act(await overdue(), 'resolve', { ...mira, outcome: 'cancelled' }),
      409,
      { type: 'OutcomeUnsafe', because: 'the parcel may still leave: force the cancellation first' },
    ],
    [
      'calls completed what has not left',
      async () => act(await overdue(), 'resolve', { ...mira, outcome: 'completed' }),
      409,
      { type: 'OutcomeUnsafe', because: 'the parcel has not left' },
    ],
  ])('who %s is refused with the reason', async (_, ask, status, rejection) => {
    const reply = await ask();
    expect([reply.status, reply.body]).toMatchObject([status, { rejection }]);
  });

  it.each<[string, string, unknown, string]>([
    ['no name', 'retry', { reason: 'x' }, 'actor'],
    ['no reason', 'force-cancel', { actor: 'mira' }, 'reason'],
    ['an endless reason', 'retry', { actor: 'mira', reason: 'x'.repeat(501) }, 'reason'],
    ['an end that operators cannot give', 'resolve', { ...mira, outcome: 'delivered' }, 'outcome'],
    ['a field that nobody knows', 'retry', { ...mira, deadlineMs: 1 }, 'deadlineMs'],
    ['no body', 'resolve', undefined, 'body'],
  ])('with %s is refused by name', async (_, action, body, field) => {
    const { status, fields } = await orders.send('POST', `/orders/o-1/attention/${action}`, body);
    expect([status, fields]).toEqual([400, [field]]);
  });
});
