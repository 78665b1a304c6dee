import { orderStream, standingOf } from '@murmuration/domain-orders';
import { paymentStream } from '@murmuration/domain-payments';
import { derivedId } from '@murmuration/event-store';
import { eventually } from '@murmuration/testing';
import { startFlock, type Flock } from './flock';

const SHIP_TO = { name: 'Ada Byron', street: 'Lindengasse 7', city: 'Wien', postalCode: '1070', country: 'AT' };
const mira = { actor: 'mira', reason: 'spoke to the provider' };
const SOON = { timeoutMs: 5_000, intervalMs: 5 };

let flock: Flock;
beforeEach(async () => {
  flock = startFlock({ carrierMs: 0 });
  await flock.inventory.execute({ type: 'ReceiveStock', sku: 'KETTLE', quantity: 10, now: flock.now() });
});
afterEach(async () => {
  expect(await flock.parked()).toEqual([]);
  await flock.stop();
});

let orders = 0;
const place = async (paymentToken: string): Promise<string> => {
  const orderId = derivedId('attention-spec', String(++orders));
  const basket = { customerId: 'c-1', currency: 'EUR', paymentToken, shipTo: SHIP_TO } as const;
  const lines = [{ sku: 'KETTLE', quantity: 1, unitPriceMinor: 1_250 }];
  await flock.orders.execute({ type: 'PlaceOrder', orderId, ...basket, lines, deadlineMs: 60_000, now: flock.now() });
  return orderId;
};
const reaches = (orderId: string, status: string) =>
  eventually(
    async () => {
      const state = await flock.orders.read(orderStream(orderId));
      return state.kind === 'order' && state.stage !== 'absent' && standingOf(state).status === status;
    },
    { ...SOON, expectation: `${orderId} to be ${status}` },
  );
const refundsOf = async (orderId: string) => {
  const payment = await flock.payments.read(paymentStream(orderId));
  return payment.status === 'captured' ? payment.refunds.map(({ answer }) => answer) : [];
};

describe('an order that needs a person', () => {
  it('is delivered and paid once the refused capture was tried again', async () => {
    const orderId = await place('tok_capture_refused');
    await reaches(orderId, 'needs-attention');
    await flock.payments.execute({ type: 'RetryCall', orderId, ...mira, now: flock.now() });
    await reaches(orderId, 'delivered');
    expect(flock.provider.ledgerOf(orderId).charge).toMatchObject({ status: 'captured', capturedMinor: 1_250 });
  });

  it('is delivered when the capture was written off and the order settled by hand', async () => {
    const orderId = await place('tok_capture_refused');
    await reaches(orderId, 'needs-attention');
    const now = flock.now();
    await flock.payments.execute({ type: 'ResolveCall', orderId, outcome: 'not-done', ...mira, now });
    await flock.orders.execute({ type: 'ResolveOrder', orderId, outcome: 'completed', ...mira, now });
    await reaches(orderId, 'delivered');
    expect(flock.provider.ledgerOf(orderId).charge).toMatchObject({ status: 'authorized' });
  });

  it('is delivered all the same while a refund of it does, which then works', async () => {
    const orderId = await place('tok_refund_refused');
    await reaches(orderId, 'delivered');
    const now = flock.now();
    await flock.payments.execute({ type: 'RequestRefund', orderId, refundId: 'r-1', amountMinor: 250, now });
    await eventually(async () => (await refundsOf(orderId)).includes('refused'), SOON);
    await reaches(orderId, 'delivered');
    await flock.payments.execute({ type: 'RetryCall', orderId, ...mira, now });
    await eventually(async () => (await refundsOf(orderId)).includes('done'), SOON);
    expect(flock.provider.ledgerOf(orderId).charge).toMatchObject({ refundedMinor: 250 });
  });
});
