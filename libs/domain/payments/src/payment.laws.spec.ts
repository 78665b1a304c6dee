import fc from 'fast-check';
import {
  AUTHORIZE,
  CAPTURE,
  capture,
  done,
  doneCaptured,
  expire,
  gaveUp,
  noteOrder,
  noteStockReserved,
  playPayment,
  playWithProvider,
  receipt,
  refused,
  report,
  requestRefund,
  resolve,
  retry,
  undo,
  UNDO_REFUND,
  VOID,
} from './payment.fixture';
import type { PaymentCommand, PaymentEvent } from './payment.messages';

const TOKENS = [
  'tok_ok',
  'tok_declined',
  'tok_insufficient_funds',
  'tok_timeout_charged',
  'tok_timeout_not_charged',
  'tok_flaky',
  'tok_capture_only',
];
const CALL_ROUNDS_MAX = 20;

const reaction = fc.constantFrom(noteOrder(), noteStockReserved, undo, capture);
const answer = fc
  .tuple(
    fc.constantFrom(
      AUTHORIZE,
      CAPTURE,
      VOID,
      `${VOID}#2`,
      UNDO_REFUND,
      'refund:o-1:r-1',
      'refund:o-1:r-1#2',
      'refund:o-1:r-2',
    ),
    fc.constantFrom(done, done, doneCaptured, refused, gaveUp),
  )
  .map(([key, outcome]) => report(key, outcome));
const byHand = fc.oneof(
  fc.constantFrom(undefined, CAPTURE, VOID, 'refund:o-1:r-1').map((key) => retry(key)),
  fc
    .tuple(fc.constantFrom('done' as const, 'not-done' as const), fc.constantFrom({}, { receipt }, { key: VOID }))
    .map(([outcome, settled]) => resolve(outcome, settled)),
);
const refund = fc
  .tuple(fc.constantFrom('r-1', 'r-2', 'r-3'), fc.integer({ min: -1, max: 8000 }))
  .map(([id, amountMinor]) => requestRefund(amountMinor, id));
/** From the way forward, so that runs get far, and from anything at all. */
const commands: fc.Arbitrary<readonly PaymentCommand[]> = fc
  .tuple(
    fc.constantFrom(
      [],
      [noteOrder(), noteStockReserved, report(AUTHORIZE, done)],
      [noteOrder(), noteStockReserved, report(AUTHORIZE, doneCaptured), capture],
      [noteOrder(), noteStockReserved, report(AUTHORIZE, done), capture, report(CAPTURE, done)],
    ),
    fc.array(fc.oneof(reaction, answer, refund, byHand, fc.constant(expire())), { maxLength: 25 }),
  )
  .map(([forward, anything]) => [...forward, ...anything]);

const sumOf = (events: readonly PaymentEvent[], type: PaymentEvent['type']): number =>
  events.reduce((sum, event) => sum + (event.type === type && 'amountMinor' in event ? event.amountMinor : 0), 0);

describe('the laws of money', () => {
  it('0 ≤ refunded ≤ captured and captured + voided ≤ authorised, whatever is commanded and answered', () => {
    fc.assert(
      fc.property(commands, (wishes) => {
        const { run } = playPayment();
        const events: PaymentEvent[] = [];
        for (const wish of wishes) {
          events.push(...(run(wish).accepted ?? []));
          const captured = sumOf(events, 'PaymentCaptured');
          const refunded = sumOf(events, 'PaymentRefunded');
          expect(refunded).toBeGreaterThanOrEqual(0);
          expect(refunded).toBeLessThanOrEqual(captured);
          expect(captured + sumOf(events, 'PaymentVoided')).toBeLessThanOrEqual(sumOf(events, 'PaymentAuthorized'));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('a reaction twice is once', () => {
    fc.assert(
      fc.property(commands, fc.oneof(reaction, answer), (wishes, twice) => {
        const { run } = playPayment();
        wishes.forEach(run);
        run(twice);
        expect(run(twice).accepted ?? []).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});

/** Calls are made, made without their answers being heard, or not made, between any two messages. */
const meanwhile = fc.constantFrom('call', 'call-unheard', 'nothing');

const playThrough = (
  messages: readonly PaymentCommand[],
  between: readonly ('call' | 'call-unheard' | 'nothing')[],
): ReturnType<typeof playWithProvider> & { readonly events: readonly PaymentEvent[] } => {
  const play = playWithProvider();
  const events = messages.flatMap((message, index) => {
    const heard = play.hear(message);
    if (between[index] === 'call') play.callOnce();
    if (between[index] === 'call-unheard') play.callUnheard();
    return heard;
  });
  for (let round = 0; play.openCalls() > 0 && round < CALL_ROUNDS_MAX; round++) play.callOnce();
  return { ...play, events };
};

describe('a payment with its provider', () => {
  it.each(TOKENS)('%s: ends the same in whatever order the order and its reservation are heard', (token) => {
    const arrivals = fc.shuffledSubarray([noteOrder(token), noteStockReserved, noteOrder(token), noteStockReserved], {
      minLength: 4,
    });
    const straight = playThrough([noteOrder(token), noteStockReserved], []);
    fc.assert(
      fc.property(arrivals, fc.array(meanwhile, { minLength: 4, maxLength: 4 }), (messages, between) => {
        const { state, ledger } = playThrough(messages, between);
        expect(state()).toEqual(straight.state());
        expect(ledger().charge).toEqual(straight.ledger().charge);
      }),
    );
  });

  it.each(TOKENS)('%s: action and undo in any order of arrival leave nothing charged', (token) => {
    const arrivals = fc.shuffledSubarray([noteOrder(token), noteStockReserved, undo, noteOrder(token), undo], {
      minLength: 5,
    });
    fc.assert(
      fc.property(arrivals, fc.array(meanwhile, { minLength: 5, maxLength: 5 }), (messages, between) => {
        const { state, ledger, openCalls } = playThrough(messages, between);
        const { charge } = ledger();
        expect(openCalls()).toBe(0);
        expect(charge === undefined || charge.status === 'voided' || charge.refundedMinor === charge.amountMinor).toBe(
          true,
        );
        const { status } = state();
        expect(
          status === 'voided' || status === 'declined' || (status === 'captured' && token === 'tok_capture_only'),
        ).toBe(true);
      }),
    );
  });

  it.each(TOKENS)('%s: at rest captured + voided = authorised, and the provider has the same in its books', (token) => {
    const arrivals = fc.shuffledSubarray([noteOrder(token), noteStockReserved], { minLength: 2 });
    const ending = fc.constantFrom<readonly PaymentCommand[]>([undo], [capture], [capture, requestRefund(870)]);
    fc.assert(
      fc.property(arrivals, ending, fc.array(meanwhile, { minLength: 2, maxLength: 2 }), (first, last, between) => {
        const play = playThrough(first, between);
        const settled = play.state().status;
        for (const command of last) {
          play.hear(command);
          for (let round = 0; play.openCalls() > 0 && round < CALL_ROUNDS_MAX; round++) play.callOnce();
        }
        const payment = play.state();
        const { charge } = play.ledger();
        expect(settled === 'declined').toBe(charge === undefined);
        if (payment.status === 'captured') {
          const refunded = payment.refunds.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
          expect(charge).toMatchObject({ capturedMinor: payment.amountMinor, refundedMinor: refunded });
        } else if (payment.status === 'voided') {
          expect(charge).toMatchObject({ status: 'voided', amountMinor: payment.amountMinor });
        } else {
          expect(payment.status).toBe('declined');
        }
      }),
    );
  });
});
