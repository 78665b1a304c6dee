import {
  attemptOf,
  isBefore,
  plusMs,
  unreachable,
  type Currency,
  type Instant,
  type QueryOutcome,
} from '@murmuration/kernel';
import type { PaymentEffect, ProviderOutcome, ProviderReceipt } from './payment.messages';

/** How long the simulated provider keeps an authorisation. */
export const AUTHORIZATION_MS = 7 * 24 * 60 * 60 * 1000;

/** The one charge of an order. */
export type ProviderCharge = {
  readonly providerReference: string;
  readonly amountMinor: number;
  readonly currency: Currency;
  readonly status: 'authorized' | 'captured' | 'voided';
  readonly capturedMinor: number;
  readonly refundedMinor: number;
  readonly expiresAt: Instant;
  /** The kind of call that is refused the first time. */
  readonly refusesFirst?: 'capture' | 'refund';
};

type Answer = Extract<ProviderOutcome, { readonly outcome: 'done' | 'refused' }>;

/** The calls made with one idempotency key, and the answer that stands once there is one. */
type Entry = { readonly calls: number; readonly answer?: Answer };

/** What the simulated provider keeps of one order: JSON, one row. */
export type ProviderLedger = {
  readonly charge?: ProviderCharge;
  readonly entries: Readonly<Record<string, Entry>>;
};

export const EMPTY_PROVIDER_LEDGER: ProviderLedger = { entries: {} };

type Authorize = Extract<PaymentEffect, { readonly type: 'authorize' }>;

/** What becomes of a call: an answer with the charge as it then stands, or a failure that leaves everything as it was. */
type Verdict =
  | { readonly charge: ProviderCharge; readonly unheard?: true }
  | { readonly refused: string }
  | { readonly failed: ProviderOutcome };

type PaymentMethod = (charge: ProviderCharge, nthCall: number) => Verdict;

const refusing =
  (reason: string): PaymentMethod =>
  () => ({ refused: reason });

/** The payment methods by token: what happens at the n-th call with one key, counted from 1. */
const METHODS: ReadonlyMap<string, PaymentMethod> = new Map<string, PaymentMethod>([
  ['tok_ok', (charge) => ({ charge })],
  ['tok_declined', refusing('card_declined')],
  ['tok_insufficient_funds', refusing('insufficient_funds')],
  ['tok_timeout_charged', (charge) => ({ charge, unheard: true })],
  [
    'tok_timeout_not_charged',
    (charge, nthCall) => (nthCall === 1 ? { failed: { outcome: 'unknown', reason: 'timeout' } } : { charge }),
  ],
  [
    'tok_flaky',
    (charge, nthCall) => (nthCall <= 2 ? { failed: { outcome: 'not-yet', reason: 'try_again' } } : { charge }),
  ],
  ['tok_capture_refused', (charge) => ({ charge: { ...charge, refusesFirst: 'capture' } })],
  ['tok_refund_refused', (charge) => ({ charge: { ...charge, refusesFirst: 'refund' } })],
  ['tok_capture_only', (charge) => ({ charge: captured(charge, charge.amountMinor) })],
]);

const authorize = (
  { orderId, amountMinor, currency, paymentToken }: Authorize,
  existing: ProviderCharge | undefined,
  nthCall: number,
  now: Instant,
): Verdict => {
  if (existing !== undefined) return { refused: 'already_charged' };
  const method = METHODS.get(paymentToken) ?? refusing('unknown_token');
  const charge: ProviderCharge = {
    providerReference: `ch_${orderId}`,
    amountMinor,
    currency,
    status: 'authorized',
    capturedMinor: 0,
    refundedMinor: 0,
    expiresAt: plusMs(now, AUTHORIZATION_MS),
  };
  return method(charge, nthCall);
};

const change = (
  effect: Exclude<PaymentEffect, Authorize>,
  { charge, entries }: ProviderLedger,
  key: string,
  now: Instant,
): Verdict => {
  if (charge === undefined) return { refused: 'no_such_charge' };
  if (charge.refusesFirst === effect.type && !isAnotherAttempt(key, entries)) return { refused: 'not_this_time' };
  switch (effect.type) {
    case 'capture':
      if (charge.status !== 'authorized') return { refused: `already_${charge.status}` };
      if (effect.amountMinor > charge.amountMinor) return { refused: 'over_capture' };
      return isBefore(now, charge.expiresAt)
        ? { charge: captured(charge, effect.amountMinor) }
        : { refused: 'authorization_expired' };
    case 'void':
      return charge.status === 'captured'
        ? { refused: 'already_captured' }
        : { charge: { ...charge, status: 'voided' } };
    case 'refund':
      if (charge.status !== 'captured') return { refused: 'not_captured' };
      if (effect.amountMinor > charge.capturedMinor - charge.refundedMinor) return { refused: 'over_refund' };
      return { charge: { ...charge, refundedMinor: charge.refundedMinor + effect.amountMinor } };
    default:
      return unreachable(effect);
  }
};

/** The same call was made with another key before. */
const isAnotherAttempt = (key: string, entries: ProviderLedger['entries']): boolean =>
  Object.keys(entries).some((known) => known !== key && attemptOf(known).plainKey === attemptOf(key).plainKey);

/**
 * A payment provider scripted by its input, as providers' test cards are. A key that was answered is answered alike for
 * ever, and no money moves twice. Pure: whoever calls it keeps the ledger.
 */
export const simulatedProvider = {
  perform: (
    ledger: ProviderLedger,
    key: string,
    effect: PaymentEffect,
    now: Instant,
  ): { readonly ledger: ProviderLedger; readonly outcome: ProviderOutcome } => {
    const known = ledger.entries[key];
    if (known?.answer !== undefined) return { ledger, outcome: known.answer };
    const calls = (known?.calls ?? 0) + 1;
    const verdict =
      effect.type === 'authorize' ? authorize(effect, ledger.charge, calls, now) : change(effect, ledger, key, now);
    if ('failed' in verdict) return { ledger: withEntry(ledger, key, { calls }), outcome: verdict.failed };
    if ('refused' in verdict) {
      const answer = { outcome: 'refused', reason: verdict.refused } as const;
      return { ledger: withEntry(ledger, key, { calls, answer }), outcome: answer };
    }
    const { charge, unheard } = verdict;
    const answer = { outcome: 'done', result: receiptOf(charge) } as const;
    return {
      ledger: withEntry({ ...ledger, charge }, key, { calls, answer }),
      outcome: unheard ? { outcome: 'unknown', reason: 'timeout' } : answer,
    };
  },

  query: (ledger: ProviderLedger, key: string): QueryOutcome<ProviderReceipt> =>
    ledger.entries[key]?.answer ?? { outcome: 'not-found' },
} as const;

const captured = (charge: ProviderCharge, capturedMinor: number): ProviderCharge => ({
  ...charge,
  status: 'captured',
  capturedMinor,
});

const receiptOf = ({ providerReference, status, expiresAt }: ProviderCharge): ProviderReceipt => ({
  providerReference,
  captured: status === 'captured',
  expiresAt,
});

const withEntry = (ledger: ProviderLedger, key: string, entry: Entry): ProviderLedger => ({
  ...ledger,
  entries: { ...ledger.entries, [key]: entry },
});
