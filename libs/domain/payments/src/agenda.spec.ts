import { paymentsAgenda } from './agenda';
import {
  after,
  AMOUNT,
  authorized,
  authorizing,
  AUTHORIZE,
  CAPTURE,
  captured,
  capturedAtOnce,
  capturing,
  declined,
  done,
  expire,
  EXPIRES_AT,
  gaveUp,
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
import type { PaymentCommand } from './payment.messages';

const EXPIRY = `authorization:${ORDER}`;

/** What is still to be done after these commands. */
const agendaAfter = (...commands: readonly PaymentCommand[]) => {
  const effects = new Map<string, unknown>();
  const deadlines = new Map<string, string>();
  for (const change of after(...commands).flatMap(paymentsAgenda.changesOf)) {
    if (change.type === 'effect-opened') effects.set(change.key, change.effect);
    if (change.type === 'effect-closed') effects.delete(change.key);
    if (change.type === 'deadline-set') deadlines.set(change.key, change.dueAt);
    if (change.type === 'deadline-cleared') deadlines.delete(change.key);
  }
  return { effects: Object.fromEntries(effects), deadlines: Object.fromEntries(deadlines) };
};

const nothing = { effects: {}, deadlines: {} };

describe('the agenda of payments', () => {
  it.each([
    [
      'authorise',
      authorizing,
      { [AUTHORIZE]: { type: 'authorize', orderId: ORDER, ...AMOUNT, paymentToken: 'tok_ok' } },
    ],
    ['capture', capturing, { [CAPTURE]: { type: 'capture', orderId: ORDER, ...AMOUNT } }],
    ['void', voiding, { [VOID]: { type: 'void', orderId: ORDER } }],
    [
      'refund an undo',
      [...capturedAtOnce, undo],
      { [UNDO_REFUND]: { type: 'refund', orderId: ORDER, refundId: 'undo', ...AMOUNT } },
    ],
    [
      'refund a return',
      [...captured, requestRefund(870)],
      {
        'refund:o-1:r-1': { type: 'refund', orderId: ORDER, refundId: 'r-1', amountMinor: 870, currency: 'EUR' },
      },
    ],
  ])('opens a call to %s', (_, history, effects) => {
    expect(agendaAfter(...history)).toEqual({ effects, deadlines: {} });
  });

  it('holds the expiry of an authorisation until it is captured, voided or said', () => {
    expect(agendaAfter(...authorized)).toEqual({ effects: {}, deadlines: { [EXPIRY]: EXPIRES_AT } });
    expect(agendaAfter(...authorized, expire())).toEqual(nothing);
  });

  it.each([
    ['declined', declined],
    ['captured', captured],
    ['captured from the start', capturedAtOnce],
    ['voided', voided],
    ['voided by a tombstone', [undo]],
    ['refunded', [...capturedAtOnce, undo, report(UNDO_REFUND, done)]],
    ['left to an operator since authorising was not answered', [...authorizing, report(AUTHORIZE, gaveUp)]],
    ['left to an operator since the void was refused', [...voiding, report(VOID, refused)]],
    ['left to an operator since a refund was refused', [...capturedAtOnce, undo, report(UNDO_REFUND, refused)]],
  ])('is empty when the payment is %s', (_, history) => {
    expect(agendaAfter(...history)).toEqual(nothing);
  });

  it('settles a call as a report by its key', () => {
    const effect = { type: 'void', orderId: ORDER } as const;
    expect(paymentsAgenda.settle({ key: VOID, effect }, refused, NOW)).toEqual(report(VOID, refused));
  });

  it('fires as a command that looks at the authorisation again', () => {
    expect(paymentsAgenda.fire({ key: EXPIRY, dueAt: EXPIRES_AT }, EXPIRES_AT)).toEqual(expire());
  });
});
