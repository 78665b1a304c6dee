import { given } from '@murmuration/testing';
import { paymentsAgenda } from './agenda';
import { callsOf } from './attention';
import { payment } from './payment';
import {
  after,
  AMOUNT,
  AUTHORIZE,
  authorizing,
  CAPTURE,
  captured,
  capturedAtOnce,
  capturing,
  done,
  EXPIRES_AT,
  gaveUp,
  NOW,
  ORDER,
  playPayment,
  receipt,
  refused,
  report,
  requestRefund,
  resolve,
  retry,
  undo,
  UNDO_REFUND,
  VOID,
  voiding,
} from './payment.fixture';
import type { PaymentCommand } from './payment.messages';

const REFUND = 'refund:o-1:r-1';
const OTHER_REFUND = 'refund:o-1:r-2';
const mira = { actor: 'mira', reason: 'the provider is back' };
const resolved = {
  type: 'PaymentAttentionResolved',
  orderId: ORDER,
  attentions: [1],
  ...mira,
  resolvedAt: NOW,
} as const;

const stuck = {
  authorizing: [...authorizing, report(AUTHORIZE, gaveUp)],
  capturing: [...capturing, report(CAPTURE, gaveUp)],
  captureRefused: [...capturing, report(CAPTURE, refused)],
  voiding: [...voiding, report(VOID, gaveUp)],
  undoing: [...capturedAtOnce, undo, report(UNDO_REFUND, refused)],
  refunding: [...captured, requestRefund(870), report(REFUND, refused)],
} satisfies Readonly<Record<string, readonly PaymentCommand[]>>;

const eventsOf = (history: readonly PaymentCommand[], ...more: readonly PaymentCommand[]) =>
  after(...history, ...more).slice(after(...history).length);

describe('a call that is made once more', () => {
  it('begins anew under the key that it had, when nobody knows whether it happened', () =>
    given(payment, ...after(...stuck.capturing))
      .when(retry())
      .then({
        type: 'PaymentRetryRequested',
        orderId: ORDER,
        key: CAPTURE,
        effect: { type: 'capture', orderId: ORDER, ...AMOUNT },
        attentions: [1],
        ...mira,
        requestedAt: NOW,
      }));

  it.each<[string, readonly PaymentCommand[], string, unknown]>([
    ['capture', stuck.captureRefused, `${CAPTURE}#2`, { type: 'capture', orderId: ORDER, ...AMOUNT }],
    [
      'refund',
      stuck.refunding,
      `${REFUND}#2`,
      { type: 'refund', orderId: ORDER, refundId: 'r-1', amountMinor: 870, currency: 'EUR' },
    ],
    [
      'refund of an undo',
      stuck.undoing,
      `${UNDO_REFUND}#2`,
      { type: 'refund', orderId: ORDER, refundId: 'undo', ...AMOUNT },
    ],
  ])(
    'has a key of its own when the %s was refused, since a refusal is repeated for ever',
    (_, history, key, effect) => {
      expect(eventsOf(history, retry())).toMatchObject([{ type: 'PaymentRetryRequested', key, effect }]);
    },
  );

  it('is asked about first by its key', () => {
    const [retried] = eventsOf(stuck.authorizing, retry());
    expect(paymentsAgenda.changesOf(retried!)).toEqual([
      {
        type: 'effect-opened',
        key: AUTHORIZE,
        effect: { type: 'authorize', orderId: ORDER, ...AMOUNT, paymentToken: 'tok_ok' },
        askFirst: true,
      },
    ]);
  });

  it.each<[string, readonly PaymentCommand[], string, string]>([
    ['an authorisation', stuck.authorizing, AUTHORIZE, 'PaymentAuthorized'],
    ['a capture without an answer', stuck.capturing, CAPTURE, 'PaymentCaptured'],
    ['a refused capture', stuck.captureRefused, `${CAPTURE}#2`, 'PaymentCaptured'],
    ['a void', stuck.voiding, VOID, 'PaymentVoided'],
    ['a refused refund', stuck.refunding, `${REFUND}#2`, 'PaymentRefunded'],
    ['the refund of an undo', stuck.undoing, `${UNDO_REFUND}#2`, 'PaymentRefunded'],
  ])('goes on from the answer to %s, and leaves no call open', (_, history, key, type) => {
    const [answered] = eventsOf([...history, retry()], report(key, done));
    expect(answered).toMatchObject({ type });
    expect(paymentsAgenda.changesOf(answered!)).toContainEqual({ type: 'effect-closed', key });
  });

  it('calls for a person again, by the next number, when it comes to nothing again', () => {
    expect(eventsOf([...stuck.refunding, retry()], report(`${REFUND}#2`, refused))).toMatchObject([
      { type: 'PaymentNeedsAttention', key: `${REFUND}#2`, attention: 2 },
    ]);
    expect(eventsOf([...stuck.capturing, retry()], report(CAPTURE, gaveUp))).toMatchObject([{ attention: 2 }]);
  });

  it('does not hear what is said late of the attempt before', () =>
    given(payment, ...after(...stuck.refunding, retry()))
      .when(report(REFUND, refused))
      .thenNothing());

  it('is not one that nobody has made yet', () =>
    given(payment, ...after(...stuck.refunding))
      .when(report(`${REFUND}#2`, done))
      .thenRejected({ type: 'NoSuchRequest', key: `${REFUND}#2` }));

  it('stays quiet while it is made', () =>
    given(payment, ...after(...stuck.capturing, retry()))
      .when(retry())
      .thenNothing());

  it('may be one of several, or all of them', () => {
    const two = [...captured, requestRefund(870), requestRefund(130, 'r-2')];
    const stuckTwice = [...two, report(REFUND, gaveUp), report(OTHER_REFUND, refused)];
    expect(eventsOf(stuckTwice, retry())).toMatchObject([{ key: REFUND }, { key: `${OTHER_REFUND}#2` }]);
    expect(eventsOf(stuckTwice, retry(OTHER_REFUND))).toMatchObject([{ key: `${OTHER_REFUND}#2`, attentions: [2] }]);
  });

  it('is refused when the money was given back by another refund meanwhile', () =>
    given(payment, ...after(...stuck.refunding, requestRefund(7500, 'r-2')))
      .when(retry())
      .thenRejected({ type: 'RefundExceedsCaptured', refundableMinor: 370 }));

  it('is refused for a key that no call has', () =>
    given(payment, ...after(...stuck.capturing))
      .when(retry(VOID))
      .thenRejected({ type: 'NoSuchRequest', key: VOID }));

  it('is refused when nothing needs a person', () =>
    given(payment, ...after(...captured))
      .when(retry())
      .thenRejected({ type: 'NothingNeedsAttention', orderId: ORDER, status: 'captured' }));
});

it.each([retry(), retry(CAPTURE), resolve('done'), resolve('not-done', { key: CAPTURE })])(
  '%p is refused for an order that was not heard of yet',
  (command) => given(payment).when(command).thenRejected({ type: 'OrderNotHeardOfYet', orderId: ORDER }),
);

describe('a call that was settled by hand', () => {
  it('goes on as if the provider had said yes', () => {
    const capturedAt = { ...AMOUNT, orderId: ORDER, capturedAt: NOW };
    given(payment, ...after(...stuck.captureRefused))
      .when(resolve('done'))
      .then({ ...resolved, key: CAPTURE, outcome: 'done' }, { type: 'PaymentCaptured', ...capturedAt });
  });

  it.each<[string, readonly PaymentCommand[], object]>([
    ['a void', stuck.voiding, { type: 'PaymentVoided', held: true, amountMinor: 7870 }],
    ['a refund', stuck.refunding, { type: 'PaymentRefunded', refundId: 'r-1', amountMinor: 870 }],
    ['the refund of an undo', stuck.undoing, { type: 'PaymentRefunded', cause: 'undo', amountMinor: 7870 }],
  ])('is done: %s', (_, history, event) => {
    expect(eventsOf(history, resolve('done'))).toMatchObject([{ type: 'PaymentAttentionResolved' }, event]);
  });

  it('is an authorisation only with what the provider calls it by', () => {
    given(payment, ...after(...stuck.authorizing))
      .when(resolve('done'))
      .thenRejected({ type: 'ReceiptMissing', key: AUTHORIZE });
    expect(eventsOf(stuck.authorizing, resolve('done', { receipt }))).toMatchObject([
      { type: 'PaymentAttentionResolved' },
      { type: 'PaymentAuthorized', providerReference: 'ch_o-1', expiresAt: EXPIRES_AT },
    ]);
  });

  it('gives an authorisation back at once when an undo waits for it', () => {
    expect(eventsOf([...stuck.authorizing, undo], resolve('done', { receipt }))).toMatchObject([
      { type: 'PaymentAttentionResolved' },
      { type: 'PaymentAuthorized' },
      { type: 'VoidRequested' },
    ]);
  });

  it('is a decline when nothing was authorised', () =>
    given(payment, ...after(...stuck.authorizing))
      .when(resolve('not-done'))
      .then(
        { ...resolved, key: AUTHORIZE, outcome: 'not-done' },
        { type: 'PaymentDeclined', orderId: ORDER, reason: mira.reason, declinedAt: NOW },
      ));

  it('writes off what will never be captured', () =>
    given(payment, ...after(...stuck.captureRefused))
      .when(resolve('not-done'))
      .then({ ...resolved, key: CAPTURE, outcome: 'not-done', writtenOffMinor: 7870 }));

  it('is captured all the same when the provider says so after it was written off', () => {
    expect(eventsOf([...stuck.capturing, resolve('not-done')], report(CAPTURE, done))).toMatchObject([
      { type: 'PaymentCaptured', amountMinor: 7870 },
    ]);
  });

  it('leaves the money of a refund that never will be for another', () => {
    expect(eventsOf([...stuck.refunding, resolve('not-done')], requestRefund(7870, 'r-2'))).toMatchObject([
      { type: 'RefundRequested', refundId: 'r-2' },
    ]);
  });

  it('never gives back more than was captured, whatever the provider says of a refund that never would be', () =>
    given(
      payment,
      ...after(
        ...captured,
        requestRefund(870),
        report(REFUND, gaveUp),
        resolve('not-done'),
        requestRefund(7500, 'r-2'),
      ),
    )
      .when(report(REFUND, done))
      .thenRejected({ type: 'RefundExceedsCaptured', refundableMinor: 370 }));

  it.each<[string, readonly PaymentCommand[], string]>([
    ['a void', stuck.voiding, VOID],
    ['the refund of an undo', stuck.undoing, UNDO_REFUND],
  ])('cannot be %s that is not done: the order does not stand for that money', (_, history, key) =>
    given(payment, ...after(...history))
      .when(resolve('not-done'))
      .thenRejected({ type: 'MustBeUndone', key }),
  );

  it('is named when there are several', () => {
    const two = [...captured, requestRefund(870), requestRefund(130, 'r-2')];
    const stuckTwice = [...two, report(REFUND, gaveUp), report(OTHER_REFUND, refused)];
    given(payment, ...after(...stuckTwice))
      .when(resolve('done'))
      .thenRejected({ type: 'CallNotNamed', keys: [REFUND, OTHER_REFUND] });
    expect(eventsOf(stuckTwice, resolve('done', { key: REFUND }))).toMatchObject([
      { type: 'PaymentAttentionResolved', key: REFUND },
      { type: 'PaymentRefunded', refundId: 'r-1' },
    ]);
  });

  it('is settled once', () =>
    given(payment, ...after(...stuck.captureRefused, resolve('not-done')))
      .when(resolve('done'))
      .thenRejected({ type: 'NothingNeedsAttention', orderId: ORDER, status: 'capturing' }));
});

describe('what a person is told', () => {
  it('is every call that was not answered, with the reasons, until somebody acts on it', () => {
    const { run, state } = playPayment();
    [...stuck.capturing, report(CAPTURE, refused)].forEach(run);
    expect(callsOf(ORDER, state()).map(({ call }) => call.raised)).toEqual([
      [
        { attention: 1, reason: 'no answer to the capture: timeout', since: NOW },
        { attention: 2, reason: 'the provider refused the capture: card_declined', since: NOW },
      ],
    ]);
    run(retry());
    expect(callsOf(ORDER, state()).map(({ call }) => call.raised)).toEqual([[]]);
  });
});
