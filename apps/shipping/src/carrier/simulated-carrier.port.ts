import {
  type CarrierEffect,
  type CarrierLedger,
  type CarrierPace,
  type CarrierReceipt,
  EMPTY_CARRIER_LEDGER,
  simulatedCarrier,
} from '@murmuration/domain-shipping';
import { type LedgerBook, postgresLedgerBook } from '@murmuration/effects';
import type { EffectPort, Instant } from '@murmuration/kernel';
import type { Pool } from 'pg';
import { SIMULATED_CARRIER_SCHEMA } from './simulated-carrier.migration';

/** The simulated carrier's books: one ledger per order, in this service's database for want of one of its own. */
export const simulatedCarrierBook = (
  pool: Pick<Pool, 'query'>,
  options: { readonly now?: () => Instant } = {},
): LedgerBook<CarrierLedger> =>
  postgresLedgerBook({
    ...{ pool, schema: SIMULATED_CARRIER_SCHEMA, empty: EMPTY_CARRIER_LEDGER },
    dueAt: (ledger) => simulatedCarrier.nextCall(ledger)?.dueAt,
    ...options,
  });

/** Calls the simulated carrier. Rejects when its books cannot be reached, as a call over a network would. */
export const simulatedCarrierPort = (
  book: LedgerBook<CarrierLedger>,
  pace: CarrierPace,
): EffectPort<CarrierEffect, CarrierReceipt> => ({
  perform: (key, effect) =>
    book.change(effect.orderId, (ledger, now) => {
      const performed = simulatedCarrier.perform(ledger, key, effect, now, pace);
      return { ledger: performed.ledger, result: performed.outcome };
    }),
  query: async (key, { orderId }) => simulatedCarrier.query(await book.read(orderId), key),
});
