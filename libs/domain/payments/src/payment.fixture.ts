import { instant, type Decision, type Instant, type SettledEffect } from '@murmuration/kernel';
import { paymentsAgenda } from './agenda';
import { payment } from './payment';
import {
  effectKey,
  type PaymentCommand,
  type PaymentEffect,
  type PaymentEvent,
  type PaymentRejection,
  type ProviderOutcome,
  type ProviderReceipt,
} from './payment.messages';
import type { Payment } from './payment.state';
import { EMPTY_PROVIDER_LEDGER, simulatedProvider } from './simulated-provider';

export const NOW = instant('2026-03-01T09:30:00.000Z');
export const EXPIRES_AT = instant('2026-03-08T09:30:00.000Z');
export const ORDER = 'o-1';
export const AMOUNT = { amountMinor: 7870, currency: 'EUR' } as const;

export const AUTHORIZE = effectKey.authorize(ORDER);
export const CAPTURE = effectKey.capture(ORDER);
export const VOID = effectKey.void(ORDER);
export const UNDO_REFUND = effectKey.refund(ORDER, 'undo');

export const noteOrder = (paymentToken = 'tok_ok'): PaymentCommand => ({
  type: 'NoteOrder',
  orderId: ORDER,
  ...AMOUNT,
  paymentToken,
  now: NOW,
});
export const noteStockReserved: PaymentCommand = { type: 'NoteStockReserved', orderId: ORDER, now: NOW };
export const undo: PaymentCommand = { type: 'UndoPayment', orderId: ORDER, now: NOW };
export const capture: PaymentCommand = { type: 'CapturePayment', orderId: ORDER, now: NOW };
export const requestRefund = (amountMinor: number, refundId = 'r-1'): PaymentCommand => ({
  type: 'RequestRefund',
  orderId: ORDER,
  refundId,
  amountMinor,
  now: NOW,
});
export const expire = (now: Instant = EXPIRES_AT): PaymentCommand => ({
  type: 'ExpireAuthorization',
  orderId: ORDER,
  now,
});

const OPERATOR = { actor: 'mira', reason: 'the provider is back' } as const;

export const retry = (key?: string): PaymentCommand => ({
  ...{ type: 'RetryCall', orderId: ORDER, now: NOW, ...OPERATOR },
  ...(key === undefined ? {} : { key }),
});
type Settled = { readonly key?: string; readonly receipt?: ProviderReceipt };
export const resolve = (outcome: 'done' | 'not-done', settled: Settled = {}): PaymentCommand => ({
  ...{ type: 'ResolveCall', orderId: ORDER, now: NOW, outcome, ...OPERATOR, ...settled },
});

type Outcome = SettledEffect<ProviderReceipt>;

export const receipt: ProviderReceipt = { providerReference: 'ch_o-1', captured: false, expiresAt: EXPIRES_AT };
export const done: Outcome = { outcome: 'done', result: receipt };
export const doneCaptured: Outcome = { outcome: 'done', result: { ...receipt, captured: true } };
export const refused: Outcome = { outcome: 'refused', reason: 'card_declined' };
export const gaveUp: Outcome = { outcome: 'gave-up', reason: 'timeout' };

export const report = (key: string, outcome: Outcome): PaymentCommand => ({
  type: 'ReportProviderOutcome',
  orderId: ORDER,
  key,
  outcome,
  now: NOW,
});

/** The ways to each state, as commands. */
export const authorizing = [noteOrder(), noteStockReserved];
export const authorized = [...authorizing, report(AUTHORIZE, done)];
export const declined = [...authorizing, report(AUTHORIZE, refused)];
export const capturing = [...authorized, capture];
export const captured = [...capturing, report(CAPTURE, done)];
export const capturedAtOnce = [...authorizing, report(AUTHORIZE, doneCaptured)];
export const voiding = [...authorized, undo];
export const voided = [...voiding, report(VOID, done)];

/** The payment in miniature: commands decided one after another. */
export const playPayment = () => {
  let state: Payment = payment.initial;
  return {
    state: () => state,
    run: (command: PaymentCommand): Decision<PaymentEvent, PaymentRejection> => {
      const decision = payment.decide(command, state);
      state = (decision.accepted ?? []).reduce(payment.evolve, state);
      return decision;
    },
  };
};

/** The facts that these commands lead to. */
export const after = (...commands: readonly PaymentCommand[]): readonly PaymentEvent[] => {
  const { run } = playPayment();
  return commands.flatMap((command) => run(command).accepted ?? []);
};

/** Payments and the simulated provider in miniature: calls that the agenda opens are made when the test says so. */
export const playWithProvider = () => {
  const { run, state } = playPayment();
  const open = new Map<string, PaymentEffect>();
  let ledger = EMPTY_PROVIDER_LEDGER;
  const perform = (key: string, effect: PaymentEffect): ProviderOutcome => {
    const performed = simulatedProvider.perform(ledger, key, effect, NOW);
    ledger = performed.ledger;
    return performed.outcome;
  };
  const hear = (command: PaymentCommand): readonly PaymentEvent[] => {
    const events = run(command).accepted ?? [];
    for (const change of events.flatMap(paymentsAgenda.changesOf)) {
      if (change.type === 'effect-opened') open.set(change.key, change.effect);
      if (change.type === 'effect-closed') open.delete(change.key);
    }
    return events;
  };
  return {
    state,
    hear,
    ledger: () => ledger,
    /** Makes every open call and loses the answers. */
    callUnheard: (): void => open.forEach((effect, key) => perform(key, effect)),
    /** Makes every open call once, as the effect runner does: asked about first, repeated with the same key if not found. */
    callOnce: (): void => {
      for (const [key, effect] of [...open]) {
        const asked = simulatedProvider.query(ledger, key);
        const outcome = asked.outcome === 'not-found' ? perform(key, effect) : asked;
        if (outcome.outcome === 'done' || outcome.outcome === 'refused')
          hear(paymentsAgenda.settle({ key, effect }, outcome, NOW));
      }
    },
    openCalls: (): number => open.size,
  };
};
