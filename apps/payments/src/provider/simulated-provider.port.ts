import {
  EMPTY_PROVIDER_LEDGER,
  type PaymentEffect,
  type ProviderLedger,
  type ProviderReceipt,
  simulatedProvider,
} from '@murmuration/domain-payments';
import { type LedgerBook, postgresLedgerBook } from '@murmuration/effects';
import type { EffectPort, Instant } from '@murmuration/kernel';
import type { Pool } from 'pg';
import { SIMULATED_PROVIDER_SCHEMA } from './simulated-provider.migration';

/** The simulated provider's books: one ledger per order, in this service's database for want of one of its own. */
export const simulatedProviderBook = (
  pool: Pick<Pool, 'query'>,
  options: { readonly now?: () => Instant } = {},
): LedgerBook<ProviderLedger> =>
  postgresLedgerBook({ pool, schema: SIMULATED_PROVIDER_SCHEMA, empty: EMPTY_PROVIDER_LEDGER, ...options });

/** Calls the simulated provider. Rejects when its books cannot be reached, as a call over a network would. */
export const simulatedProviderPort = (
  book: LedgerBook<ProviderLedger>,
): EffectPort<PaymentEffect, ProviderReceipt> => ({
  perform: (key, effect) =>
    book.change(effect.orderId, (ledger, now) => {
      const performed = simulatedProvider.perform(ledger, key, effect, now);
      return { ledger: performed.ledger, result: performed.outcome };
    }),
  query: async (key, { orderId }) => simulatedProvider.query(await book.read(orderId), key),
});
