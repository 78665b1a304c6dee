import { plusMs, type Instant } from '@murmuration/kernel';
import { AMOUNT, AUTHORIZE, CAPTURE, NOW, ORDER, UNDO_REFUND, VOID } from './payment.fixture';
import { effectKey, type PaymentEffect, type ProviderOutcome } from './payment.messages';
import { AUTHORIZATION_MS, EMPTY_PROVIDER_LEDGER, simulatedProvider, type ProviderLedger } from './simulated-provider';

const authorize = (paymentToken: string): PaymentEffect => ({
  type: 'authorize',
  orderId: ORDER,
  ...AMOUNT,
  paymentToken,
});
const capture = { type: 'capture', orderId: ORDER, ...AMOUNT } as const;
const voidCharge = { type: 'void', orderId: ORDER } as const;
const refund = (amountMinor: number) =>
  ({ type: 'refund', orderId: ORDER, refundId: 'r', amountMinor, currency: 'EUR' }) as const;

const receipt = (captured: boolean) => ({
  outcome: 'done',
  result: { providerReference: 'ch_o-1', captured, expiresAt: plusMs(NOW, AUTHORIZATION_MS) },
});
const refused = (reason: string) => ({ outcome: 'refused', reason });
const notFound = { outcome: 'not-found' };

/** A provider that keeps its ledger. */
const openShop = (start: ProviderLedger = EMPTY_PROVIDER_LEDGER) => {
  let ledger = start;
  return {
    ledger: () => ledger,
    query: (key: string) => simulatedProvider.query(ledger, key),
    perform: (key: string, effect: PaymentEffect, now: Instant = NOW): ProviderOutcome => {
      const performed = simulatedProvider.perform(ledger, key, effect, now);
      ledger = performed.ledger;
      return performed.outcome;
    },
  };
};
const authorized = (token = 'tok_ok') => {
  const shop = openShop();
  shop.perform(AUTHORIZE, authorize(token));
  return shop;
};

describe('the simulated payment provider, by token', () => {
  it('tok_ok is authorised, once for one key', () => {
    const { perform, query, ledger } = openShop();
    expect(perform(AUTHORIZE, authorize('tok_ok'))).toEqual(receipt(false));
    const afterFirst = ledger();
    expect(perform(AUTHORIZE, authorize('tok_ok'))).toEqual(receipt(false));
    expect(ledger()).toBe(afterFirst);
    expect(query(AUTHORIZE)).toEqual(receipt(false));
  });

  it('tok_capture_refused is captured with the second key, and refused for ever with the first', () => {
    const { perform, query } = authorized('tok_capture_refused');
    expect(perform(CAPTURE, capture)).toEqual(refused('not_this_time'));
    expect(perform(CAPTURE, capture)).toEqual(refused('not_this_time'));
    expect(perform(effectKey.capture(ORDER, 2), capture)).toEqual(receipt(true));
    expect(query(CAPTURE)).toEqual(refused('not_this_time'));
  });

  it('tok_refund_refused refuses every refund once', () => {
    const { perform, ledger } = authorized('tok_refund_refused');
    perform(CAPTURE, capture);
    for (const id of ['r-1', 'r-2']) {
      expect(perform(effectKey.refund(ORDER, id), refund(1000))).toEqual(refused('not_this_time'));
      expect(perform(effectKey.refund(ORDER, id, 2), refund(1000))).toEqual(receipt(true));
    }
    expect(ledger().charge).toMatchObject({ refundedMinor: 2000 });
  });

  it.each([
    ['tok_declined', 'card_declined'],
    ['tok_insufficient_funds', 'insufficient_funds'],
    ['tok_of_mars', 'unknown_token'],
  ])('%s is refused: %s', (token, reason) => {
    const { perform, query, ledger } = openShop();
    expect(perform(AUTHORIZE, authorize(token))).toEqual(refused(reason));
    expect(query(AUTHORIZE)).toEqual(refused(reason));
    expect(ledger().charge).toBeUndefined();
  });

  it('tok_timeout_charged is charged although the caller hears nothing', () => {
    const { perform, query } = openShop();
    expect(perform(AUTHORIZE, authorize('tok_timeout_charged'))).toEqual({ outcome: 'unknown', reason: 'timeout' });
    expect(query(AUTHORIZE)).toEqual(receipt(false));
    expect(perform(AUTHORIZE, authorize('tok_timeout_charged'))).toEqual(receipt(false));
  });

  it('tok_timeout_not_charged is not found, and works when repeated with the same key', () => {
    const { perform, query, ledger } = openShop();
    expect(perform(AUTHORIZE, authorize('tok_timeout_not_charged'))).toEqual({ outcome: 'unknown', reason: 'timeout' });
    expect(query(AUTHORIZE)).toEqual(notFound);
    expect(ledger().charge).toBeUndefined();
    expect(perform(AUTHORIZE, authorize('tok_timeout_not_charged'))).toEqual(receipt(false));
  });

  it('tok_flaky fails twice, then works', () => {
    const { perform, query } = openShop();
    for (const _ of [1, 2]) {
      expect(perform(AUTHORIZE, authorize('tok_flaky'))).toEqual({ outcome: 'not-yet', reason: 'try_again' });
      expect(query(AUTHORIZE)).toEqual(notFound);
    }
    expect(perform(AUTHORIZE, authorize('tok_flaky'))).toEqual(receipt(false));
  });

  it('tok_capture_only is captured at once', () => {
    const { perform, ledger } = openShop();
    expect(perform(AUTHORIZE, authorize('tok_capture_only'))).toEqual(receipt(true));
    expect(ledger().charge).toMatchObject({ status: 'captured', capturedMinor: AMOUNT.amountMinor });
  });
});

describe('the simulated payment provider', () => {
  it('knows nothing of a key that it never heard', () => {
    expect(openShop().query(AUTHORIZE)).toEqual(notFound);
  });

  it('makes one charge for one order', () => {
    expect(authorized().perform('authorize:again', authorize('tok_ok'))).toEqual(refused('already_charged'));
  });

  it('captures what is authorised, once', () => {
    const { perform, ledger } = authorized();
    expect(perform(CAPTURE, capture)).toEqual(receipt(true));
    expect(perform(CAPTURE, capture)).toEqual(receipt(true));
    expect(ledger().charge).toMatchObject({ capturedMinor: AMOUNT.amountMinor });
  });

  it('refuses to capture more than is authorised, a second time, after a void, after the expiry, and without a charge', () => {
    expect(authorized().perform(CAPTURE, { ...capture, amountMinor: AMOUNT.amountMinor + 1 })).toEqual(
      refused('over_capture'),
    );
    expect(authorized('tok_capture_only').perform(CAPTURE, capture)).toEqual(refused('already_captured'));
    expect(authorized().perform(CAPTURE, capture, plusMs(NOW, AUTHORIZATION_MS))).toEqual(
      refused('authorization_expired'),
    );
    expect(openShop().perform(CAPTURE, capture)).toEqual(refused('no_such_charge'));
    const shop = authorized();
    shop.perform(VOID, voidCharge);
    expect(shop.perform(CAPTURE, capture)).toEqual(refused('already_voided'));
  });

  it('voids what is not captured, and takes a second void under any key as done', () => {
    const { perform, ledger } = authorized();
    expect(perform(VOID, voidCharge)).toEqual(receipt(false));
    expect(perform('void:again', voidCharge)).toEqual(receipt(false));
    expect(ledger().charge).toMatchObject({ status: 'voided' });
    expect(authorized('tok_capture_only').perform(VOID, voidCharge)).toEqual(refused('already_captured'));
  });

  it('voids an authorisation that has lapsed', () => {
    expect(authorized().perform(VOID, voidCharge, plusMs(NOW, AUTHORIZATION_MS))).toEqual(receipt(false));
  });

  it('gives back in parts what is captured, each part once, and never more', () => {
    const { perform, ledger } = authorized('tok_capture_only');
    expect(perform(effectKey.refund(ORDER, 'r-1'), refund(7000))).toEqual(receipt(true));
    expect(perform(effectKey.refund(ORDER, 'r-1'), refund(7000))).toEqual(receipt(true));
    expect(ledger().charge).toMatchObject({ refundedMinor: 7000 });
    expect(perform(effectKey.refund(ORDER, 'r-2'), refund(871))).toEqual(refused('over_refund'));
    expect(perform(effectKey.refund(ORDER, 'r-3'), refund(870))).toEqual(receipt(true));
  });

  it('gives nothing back of what is only authorised', () => {
    expect(authorized().perform(UNDO_REFUND, refund(1))).toEqual(refused('not_captured'));
  });

  it('keeps a ledger that survives being stored as JSON', () => {
    const { ledger } = authorized('tok_timeout_charged');
    const restored = openShop(JSON.parse(JSON.stringify(ledger())) as ProviderLedger);
    expect(restored.ledger()).toEqual(ledger());
    expect(restored.perform(CAPTURE, capture)).toEqual(receipt(true));
  });
});
