import {
  EMPTY_PROVIDER_LEDGER,
  simulatedProvider,
  type PaymentEffect,
  type ProviderLedger,
} from '@murmuration/domain-payments';
import {
  EMPTY_CARRIER_LEDGER,
  simulatedCarrier,
  type CarrierEffect,
  type CarrierLedger,
} from '@murmuration/domain-shipping';
import type { EffectOutcome, Instant, Message, QueryOutcome } from '@murmuration/kernel';

/** A call that the partner makes of its own accord, and its books once it was answered. */
export type Visit = {
  readonly name: string;
  readonly command: (now: Instant) => Message;
  readonly answered: (isAccepted: boolean, now: Instant) => unknown;
};

/** The other side of a service's external calls: pure, over the books that it keeps of one order. */
export type Partner = {
  readonly name: string;
  readonly emptyBooks: unknown;
  readonly perform: (
    books: unknown,
    key: string,
    effect: Message,
    now: Instant,
  ) => { readonly books: unknown; readonly outcome: EffectOutcome<unknown> };
  readonly query: (books: unknown, key: string) => QueryOutcome<unknown>;
  readonly visit?: (books: unknown, orderId: string) => Visit | undefined;
};

/** The payment provider. It reports by webhook whatever it has answered. */
export const provider: Partner = {
  name: 'payment provider',
  emptyBooks: EMPTY_PROVIDER_LEDGER,
  perform: (books, key, effect, now) => {
    const { ledger, outcome } = simulatedProvider.perform(books as ProviderLedger, key, effect as PaymentEffect, now); // because payments alone opens its effects
    return { books: ledger, outcome };
  },
  query: (books, key) => simulatedProvider.query(books as ProviderLedger, key), // because the books are only ever made here
};

/** The carrier. It comes for a parcel and delivers it when it likes. */
export const carrier: Partner = {
  name: 'carrier',
  emptyBooks: EMPTY_CARRIER_LEDGER,
  perform: (books, key, effect, now) => {
    const { ledger, outcome } = simulatedCarrier.perform(books as CarrierLedger, key, effect as CarrierEffect, now); // because shipping alone opens its effects
    return { books: ledger, outcome };
  },
  query: (books, key) => simulatedCarrier.query(books as CarrierLedger, key), // because the books are only ever made here
  visit: (books, orderId) => {
    const ledger = books as CarrierLedger; // because the books are only ever made here
    const call = simulatedCarrier.nextCall(ledger);
    if (call === undefined) return undefined;
    const { carrierReference } = call;
    return {
      name: call.call === 'hand-over' ? `comes for ${carrierReference}` : `has delivered ${carrierReference}`,
      command: (now) =>
        call.call === 'hand-over'
          ? { type: 'DispatchShipment', orderId, carrierReference, now }
          : { type: 'DeliverShipment', orderId, now },
      answered: (isAccepted, now) => simulatedCarrier.called(ledger, call, isAccepted ? 'accepted' : 'refused', now),
    };
  },
};
