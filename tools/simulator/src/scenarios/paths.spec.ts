import type { Standing } from '@murmuration/domain-orders';
import { levelOf, reaches } from './props';
import { play, type Stage, type StageOptions, type Wish } from './stage';

const RECEIVED = 1_000;
const TOTAL_MINOR = 2_500;
const NEVER_MS = 60 * 60_000;

/** Plays one order, and hands over what came of it once all invariants were found to hold at rest. */
const order = async (
  wish: Wish,
  status: string,
  look: (stage: Stage, orderId: string) => Promise<void>,
  stage: StageOptions = {},
): Promise<void> => {
  const result = await play(async (on) => {
    const orderId = await on.place(wish);
    await reaches(on, orderId, status);
    await on.rest();
    await look(on, orderId);
  }, stage);
  expect(result.failure).toBeUndefined();
  expect(result.findings).toEqual([]);
};

const expectStock = async (stage: Stage, committed: number): Promise<void> =>
  expect(await levelOf(stage, 'KETTLE')).toMatchObject({ available: RECEIVED - committed, held: 0, committed });

const expectStanding = (stage: Stage, orderId: string, standing: Standing): void =>
  expect(stage.standing(orderId)).toEqual(standing);

describe('the ways of an order through the flock', () => {
  it.each(['tok_ok', 'tok_flaky', 'tok_timeout_charged', 'tok_timeout_not_charged', 'tok_capture_only'])(
    'is delivered when it is paid with %s: charged once, stock committed',
    (token) =>
      order({ token }, 'delivered', async (stage, orderId) => {
        const { charge } = stage.world.provider.ledgerOf(orderId);
        expect(charge).toMatchObject({ amountMinor: TOTAL_MINOR, capturedMinor: TOTAL_MINOR, refundedMinor: 0 });
        await expectStock(stage, 2);
      }),
  );

  it('is delivered with one booking when the carrier gives no answer to the first one', () =>
    order({ country: 'YY' }, 'delivered', async ({ world }, orderId) => {
      expect(world.carrier.ledgerOf(orderId).bookings).toHaveLength(1);
    }));

  it('is rejected when stock cannot cover it, and takes no money', () =>
    order({ lines: [{ sku: 'KETTLE', quantity: RECEIVED + 1 }] }, 'rejected', async (stage, orderId) => {
      expectStanding(stage, orderId, { status: 'rejected', reason: 'out-of-stock' });
      expect(stage.world.provider.ledgers.size).toBe(0);
      await expectStock(stage, 0);
    }));

  it('is rejected when nobody knows its SKU', () =>
    order({ lines: [{ sku: 'SAMOVAR', quantity: 1 }] }, 'rejected', async (stage, orderId) =>
      expectStanding(stage, orderId, { status: 'rejected', reason: 'unknown-sku' }),
    ));

  it.each([
    ['tok_declined', 'card_declined'],
    ['tok_insufficient_funds', 'insufficient_funds'],
  ])('is cancelled when %s is declined, and gives the stock back', (token, detail) =>
    order({ token }, 'cancelled', async (stage, orderId) => {
      expectStanding(stage, orderId, { status: 'cancelled', reason: 'payment-declined', detail });
      await expectStock(stage, 0);
    }),
  );

  it.each([
    ['tok_ok', { status: 'voided', capturedMinor: 0 }],
    ['tok_capture_only', { capturedMinor: TOTAL_MINOR, refundedMinor: TOTAL_MINOR }],
  ])('is cancelled when the carrier refuses, and %s gets everything back', (token, charge) =>
    order({ token, country: 'ZZ' }, 'cancelled', async (stage, orderId) => {
      const reason = { reason: 'shipment-refused', detail: 'country_not_served' };
      expectStanding(stage, orderId, { status: 'cancelled', ...reason });
      expect(stage.world.provider.ledgerOf(orderId).charge).toMatchObject(charge);
      await expectStock(stage, 0);
    }),
  );

  it('is cancelled at any moment before the parcel leaves, and everything is undone', async () => {
    const { failure, findings } = await play(
      async (stage) => {
        const orderIds: string[] = [];
        for (let delayMs = 0; delayMs < 130; delayMs += 4) {
          const orderId = await stage.place({ token: delayMs % 12 === 0 ? 'tok_capture_only' : 'tok_ok' });
          orderIds.push(orderId);
          await stage.pass(delayMs);
          expect(await stage.cancel(orderId)).toMatchObject({ outcome: 'accepted' });
        }
        for (const orderId of orderIds) {
          await reaches(stage, orderId, 'cancelled');
          expectStanding(stage, orderId, { status: 'cancelled', reason: 'customer-requested' });
        }
        await stage.rest();
        await expectStock(stage, 0);
      },
      { carrierMs: { handOverMs: NEVER_MS, deliverMs: NEVER_MS } },
    );
    expect(failure).toBeUndefined();
    expect(findings).toEqual([]);
  });
});
