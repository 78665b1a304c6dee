import { orderStream, standingOf, type Standing } from '@murmuration/domain-orders';
import { stockStream } from '@murmuration/domain-inventory';
import { paymentStream } from '@murmuration/domain-payments';
import { shipmentStream } from '@murmuration/domain-shipping';
import { derivedId } from '@murmuration/event-store';
import { eventually } from '@murmuration/testing';
import { startFlock, type Flock } from './flock';

const SHIP_TO = { name: 'Ada Byron', street: 'Lindengasse 7', city: 'Wien', postalCode: '1070', country: 'AT' };
const RECEIVED = 1_000;
const AT_ONCE_MS = 0;
const NEVER_MS = 1_000_000;

let orders = 0;

type Wish = { readonly token?: string; readonly country?: string; readonly sku?: string; readonly quantity?: number };

const place = async (
  { orders: service, now }: Flock,
  { token = 'tok_ok', country = 'AT', sku = 'KETTLE', quantity = 2 }: Wish = {},
) => {
  const orderId = derivedId('flock-spec', String(++orders));
  const placed = await service.execute({
    ...{
      type: 'PlaceOrder',
      orderId,
      customerId: 'c-1',
      currency: 'EUR',
      paymentToken: token,
      deadlineMs: 60_000,
      now: now(),
    },
    shipTo: { ...SHIP_TO, country },
    lines: [{ sku, quantity, unitPriceMinor: 1_250 }],
  });
  expect(placed.outcome).toBe('accepted');
  return orderId;
};

const standing = async ({ orders: service }: Flock, orderId: string): Promise<Standing> => {
  const state = await service.read(orderStream(orderId));
  if (state.kind !== 'order' || state.stage === 'absent') throw new Error(`there is no order ${orderId}`);
  return standingOf(state);
};

const SOON = { timeoutMs: 5_000, intervalMs: 5 };

const reaches = (flock: Flock, orderId: string, expected: Standing) =>
  eventually(async () => {
    expect(await standing(flock, orderId)).toEqual(expected);
    return true;
  }, SOON);

const cancel = ({ orders: service, now }: Flock, orderId: string) =>
  service.execute({ type: 'RequestCancellation', orderId, reason: 'customer-requested', now: now() });

const stockOf = async ({ inventory }: Flock, sku = 'KETTLE') => {
  const { available, held, committed } = (await inventory.read(stockStream(sku))) as {
    available: number;
    held: number;
    committed: number;
  };
  return { available, held, committed };
};

const UNTOUCHED = { available: RECEIVED, held: 0, committed: 0 };

describe('the flock in one process', () => {
  let flock: Flock;
  const start = async (carrierMs: number): Promise<void> => {
    flock = startFlock({ carrierMs });
    await flock.inventory.execute({ type: 'ReceiveStock', sku: 'KETTLE', quantity: RECEIVED, now: flock.now() });
  };
  afterEach(async () => {
    expect(await flock.parked()).toEqual([]);
    await flock.stop();
  });

  it.each(['tok_ok', 'tok_flaky', 'tok_timeout_charged', 'tok_timeout_not_charged', 'tok_capture_only'])(
    'delivers an order paid with %s: charged once, stock committed',
    async (token) => {
      await start(AT_ONCE_MS);
      const orderId = await place(flock, { token });
      await reaches(flock, orderId, { status: 'delivered' });
      expect(await stockOf(flock)).toEqual({ available: RECEIVED - 2, held: 0, committed: 2 });
      expect(await flock.payments.read(paymentStream(orderId))).toMatchObject({
        status: 'captured',
        amountMinor: 2_500,
      });
      expect(flock.provider.ledgerOf(orderId).charge).toMatchObject({ capturedMinor: 2_500, refundedMinor: 0 });
    },
  );

  it('books one shipment when the carrier gives no answer to the first booking', async () => {
    await start(AT_ONCE_MS);
    const orderId = await place(flock, { country: 'YY' });
    await reaches(flock, orderId, { status: 'delivered' });
    expect(flock.carrier.ledgerOf(orderId).bookings).toHaveLength(1);
  });

  it('rejects an order that stock cannot cover, and takes no money', async () => {
    await start(AT_ONCE_MS);
    const orderId = await place(flock, { quantity: RECEIVED + 1 });
    await reaches(flock, orderId, { status: 'rejected', reason: 'out-of-stock' });
    expect(flock.provider.ledgerOf(orderId).charge).toBeUndefined();
    expect(await stockOf(flock)).toEqual(UNTOUCHED);
  });

  it('rejects an order of a SKU that nobody knows', async () => {
    await start(AT_ONCE_MS);
    const orderId = await place(flock, { sku: 'SAMOVAR' });
    await reaches(flock, orderId, { status: 'rejected', reason: 'unknown-sku' });
  });

  it('cancels an order whose payment is declined, and gives the stock back', async () => {
    await start(AT_ONCE_MS);
    const orderId = await place(flock, { token: 'tok_insufficient_funds' });
    await reaches(flock, orderId, { status: 'cancelled', reason: 'payment-declined', detail: 'insufficient_funds' });
    expect(await stockOf(flock)).toEqual(UNTOUCHED);
  });

  it('voids the payment and gives the stock back when the carrier refuses', async () => {
    await start(AT_ONCE_MS);
    const orderId = await place(flock, { country: 'ZZ' });
    await reaches(flock, orderId, { status: 'cancelled', reason: 'shipment-refused', detail: 'country_not_served' });
    expect(flock.provider.ledgerOf(orderId).charge).toMatchObject({ status: 'voided' });
    expect(await stockOf(flock)).toEqual(UNTOUCHED);
  });

  it('refunds what could only be captured when the carrier refuses', async () => {
    await start(AT_ONCE_MS);
    const orderId = await place(flock, { country: 'ZZ', token: 'tok_capture_only' });
    await reaches(flock, orderId, { status: 'cancelled', reason: 'shipment-refused', detail: 'country_not_served' });
    expect(flock.provider.ledgerOf(orderId).charge).toMatchObject({ capturedMinor: 2_500, refundedMinor: 2_500 });
    expect(await stockOf(flock)).toEqual(UNTOUCHED);
  });

  it('cancels at any moment before the parcel leaves, and undoes everything', async () => {
    await start(NEVER_MS);
    const orderIds = await Promise.all(
      [0, 1, 2, 4, 8, 16, 32, 64, 128].map(async (delayMs) => {
        const orderId = await place(flock, { token: delayMs % 3 === 0 ? 'tok_capture_only' : 'tok_ok' });
        await new Promise((wake) => setTimeout(wake, delayMs));
        expect(await cancel(flock, orderId)).toMatchObject({ outcome: 'accepted' });
        return orderId;
      }),
    );
    for (const orderId of orderIds) {
      await reaches(flock, orderId, { status: 'cancelled', reason: 'customer-requested' });
      const { charge } = flock.provider.ledgerOf(orderId);
      expect((charge?.capturedMinor ?? 0) - (charge?.refundedMinor ?? 0)).toBe(0);
      expect(charge?.status).not.toBe('authorized');
    }
    expect(await stockOf(flock)).toEqual(UNTOUCHED);
  });

  it('lets the dispatch win or the cancellation, never both', async () => {
    await start(AT_ONCE_MS);
    const orderIds = await Promise.all(
      Array.from({ length: 40 }, async (_, index) => {
        const orderId = await place(flock);
        await new Promise((wake) => setTimeout(wake, index));
        await cancel(flock, orderId);
        return orderId;
      }),
    );
    for (const orderId of orderIds) {
      const { status } = await eventually(async () => {
        const found = await standing(flock, orderId);
        expect(['delivered', 'cancelled']).toContain(found.status);
        return found;
      }, SOON);
      const shipment = await flock.shipping.read(shipmentStream(orderId));
      expect(shipment.status).toBe(status === 'delivered' ? 'delivered' : 'cancelled');
    }
    expect((await stockOf(flock)).held).toBe(0);
  });

  it('refuses to cancel what has been dispatched', async () => {
    await start(AT_ONCE_MS);
    const orderId = await place(flock);
    await reaches(flock, orderId, { status: 'delivered' });
    expect(await cancel(flock, orderId)).toMatchObject({
      outcome: 'rejected',
      rejection: { type: 'OrderAlreadyShipped' },
    });
  });

  it('gives the last unit to exactly one of two orders', async () => {
    await start(AT_ONCE_MS);
    const rivals = await Promise.all([place(flock, { quantity: RECEIVED }), place(flock, { quantity: RECEIVED })]);
    await eventually(async () => {
      const ends = await Promise.all(rivals.map(async (orderId) => (await standing(flock, orderId)).status));
      expect(ends.sort()).toEqual(['delivered', 'rejected']);
      return true;
    }, SOON);
  });
});
