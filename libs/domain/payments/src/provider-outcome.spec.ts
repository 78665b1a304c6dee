import { given } from '@murmuration/testing';
import { payment } from './payment';
import {
  after,
  AMOUNT,
  AUTHORIZE,
  authorized,
  authorizing,
  CAPTURE,
  captured,
  capturedAtOnce,
  capturing,
  declined,
  done,
  doneCaptured,
  EXPIRES_AT,
  gaveUp,
  noteOrder,
  NOW,
  ORDER,
  refused,
  report,
  requestRefund,
  undo,
  UNDO_REFUND,
  VOID,
  voided,
  voiding,
} from './payment.fixture';
import { effectKey } from './payment.messages';

const paymentAuthorized = {
  type: 'PaymentAuthorized',
  orderId: ORDER,
  ...AMOUNT,
  providerReference: 'ch_o-1',
  authorizedAt: NOW,
  expiresAt: EXPIRES_AT,
} as const;
const paymentCaptured = { type: 'PaymentCaptured', orderId: ORDER, ...AMOUNT, capturedAt: NOW } as const;
const undoRequested = {
  type: 'RefundRequested',
  orderId: ORDER,
  refundId: 'undo',
  cause: 'undo',
  ...AMOUNT,
  requestedAt: NOW,
} as const;
const attention = (key: string, outcome: 'refused' | 'gave-up', reason: string) =>
  ({ type: 'PaymentNeedsAttention', orderId: ORDER, key, outcome, reason, since: NOW, attention: 1 }) as const;

describe('the answer to an authorisation', () => {
  it('authorises the payment', () =>
    given(payment, ...after(...authorizing))
      .when(report(AUTHORIZE, done))
      .then(paymentAuthorized));

  it('says authorised and captured in one append where the method can only capture', () =>
    given(payment, ...after(...authorizing))
      .when(report(AUTHORIZE, doneCaptured))
      .then({ ...paymentAuthorized, captured: true }, paymentCaptured));

  it('is voided in the same append when an undo waits for it', () =>
    given(payment, ...after(...authorizing, undo))
      .when(report(AUTHORIZE, done))
      .then(paymentAuthorized, { type: 'VoidRequested', orderId: ORDER, amountMinor: 7870, requestedAt: NOW }));

  it('is refunded in the same append when an undo waits for it and it was captured', () =>
    given(payment, ...after(...authorizing, undo))
      .when(report(AUTHORIZE, doneCaptured))
      .then({ ...paymentAuthorized, captured: true }, paymentCaptured, undoRequested));

  it.each([
    ['', authorizing],
    [', and nothing more when an undo waits for it', [...authorizing, undo]],
  ])('declines the payment with the word of the provider%s', (_, history) =>
    given(payment, ...after(...history))
      .when(report(AUTHORIZE, refused))
      .then({ type: 'PaymentDeclined', orderId: ORDER, reason: 'card_declined', declinedAt: NOW }),
  );

  it('calls for attention when it never came', () =>
    given(payment, ...after(...authorizing))
      .when(report(AUTHORIZE, gaveUp))
      .then(attention(AUTHORIZE, 'gave-up', 'no answer to the authorisation: timeout')));

  it('is still welcome after nobody waited for it any longer', () =>
    given(payment, ...after(...authorizing, report(AUTHORIZE, gaveUp)))
      .when(report(AUTHORIZE, done))
      .then(paymentAuthorized));

  it.each([
    ['authorised', authorized],
    ['declined', declined],
    ['captured', captured],
    ['voided', voided],
  ])('stays quiet when the payment is %s', (_, history) => {
    for (const outcome of [done, doneCaptured, refused, gaveUp])
      given(payment, ...after(...history))
        .when(report(AUTHORIZE, outcome))
        .thenNothing();
  });
});

describe('the answer to a capture', () => {
  it('captures what was authorised', () =>
    given(payment, ...after(...capturing))
      .when(report(CAPTURE, done))
      .then(paymentCaptured));

  it.each([
    [refused, 'the provider refused the capture: card_declined'],
    [gaveUp, 'no answer to the capture: timeout'],
  ] as const)('calls for attention: %j', (outcome, reason) =>
    given(payment, ...after(...capturing))
      .when(report(CAPTURE, outcome))
      .then(attention(CAPTURE, outcome.outcome as 'refused', reason)),
  );

  it.each([
    ['captured', captured],
    ['captured from the start', capturedAtOnce],
  ])('stays quiet when the payment is %s', (_, history) =>
    given(payment, ...after(...history))
      .when(report(CAPTURE, done))
      .thenNothing(),
  );
});

describe('the answer to a void', () => {
  it('voids what was authorised', () =>
    given(payment, ...after(...voiding))
      .when(report(VOID, done))
      .then({ type: 'PaymentVoided', orderId: ORDER, held: true, amountMinor: 7870, voidedAt: NOW }));

  it('calls for attention when it is no', () =>
    given(payment, ...after(...voiding))
      .when(report(VOID, refused))
      .then(attention(VOID, 'refused', 'the provider refused the void: card_declined')));

  it('stays quiet when it came before', () =>
    given(payment, ...after(...voided))
      .when(report(VOID, done))
      .thenNothing());
});

describe('the answer to a refund', () => {
  const returning = [...captured, requestRefund(870)];

  it('gives the money of an undo back', () =>
    given(payment, ...after(...capturedAtOnce, undo))
      .when(report(UNDO_REFUND, done))
      .then({ type: 'PaymentRefunded', orderId: ORDER, refundId: 'undo', cause: 'undo', ...AMOUNT, refundedAt: NOW }));

  it('gives the money of a return back', () =>
    given(payment, ...after(...returning))
      .when(report(effectKey.refund(ORDER, 'r-1'), done))
      .then({
        type: 'PaymentRefunded',
        orderId: ORDER,
        refundId: 'r-1',
        cause: 'return',
        amountMinor: 870,
        currency: 'EUR',
        refundedAt: NOW,
      }));

  it('calls for attention with the id of the refund when it is no', () =>
    given(payment, ...after(...returning))
      .when(report(effectKey.refund(ORDER, 'r-1'), refused))
      .then(attention('refund:o-1:r-1', 'refused', 'the provider refused the refund r-1: card_declined')));

  it('stays quiet when it came before', () =>
    given(payment, ...after(...returning, report(effectKey.refund(ORDER, 'r-1'), done)))
      .when(report(effectKey.refund(ORDER, 'r-1'), done))
      .thenNothing());
});

describe('an answer', () => {
  const openCalls = [
    [AUTHORIZE, authorizing],
    [CAPTURE, capturing],
    [VOID, voiding],
    [UNDO_REFUND, [...capturedAtOnce, undo]],
  ] as const;

  it.each(openCalls)('to %s that never came is said once, and may be no in the end', (key, history) => {
    given(payment, ...after(...history, report(key, gaveUp)))
      .when(report(key, gaveUp))
      .thenNothing();
    const [no] = after(...history, report(key, gaveUp), report(key, refused)).slice(-1);
    expect(['PaymentDeclined', 'PaymentNeedsAttention']).toContain(no?.type);
  });

  it.each(openCalls)('to %s counts once: no stays no', (key, history) => {
    for (const outcome of [done, refused, gaveUp])
      given(payment, ...after(...history, report(key, refused)))
        .when(report(key, outcome))
        .thenNothing();
  });

  it.each([
    [AUTHORIZE, [noteOrder()]],
    [CAPTURE, authorized],
    [VOID, authorized],
    [UNDO_REFUND, captured],
    ['refund:o-1:other', [...captured, requestRefund(870)]],
    [effectKey.authorize('o-2'), authorizing],
    ['nonsense', authorizing],
  ])('to %s, which was never asked for, is refused', (key, history) =>
    given(payment, ...after(...history))
      .when(report(key, done))
      .thenRejected({ type: 'NoSuchRequest', key }),
  );
});
