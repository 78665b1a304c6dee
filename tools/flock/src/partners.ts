import {
  EMPTY_PROVIDER_LEDGER,
  simulatedProvider,
  type PaymentEffect,
  type ProviderLedger,
  type ProviderReceipt,
} from '@murmuration/domain-payments';
import {
  EMPTY_CARRIER_LEDGER,
  simulatedCarrier,
  type CarrierCallAnswer,
  type CarrierEffect,
  type CarrierLedger,
  type CarrierPace,
  type CarrierReceipt,
} from '@murmuration/domain-shipping';
import type { EffectPort, Instant } from '@murmuration/kernel';

/** The simulated payment provider with its books in this process. */
export const providerInMemory = (now: () => Instant) => {
  const ledgers = new Map<string, ProviderLedger>();
  const ledgerOf = (orderId: string): ProviderLedger => ledgers.get(orderId) ?? EMPTY_PROVIDER_LEDGER;
  const port: EffectPort<PaymentEffect, ProviderReceipt> = {
    perform: async (key, effect) => {
      const { ledger, outcome } = simulatedProvider.perform(ledgerOf(effect.orderId), key, effect, now());
      ledgers.set(effect.orderId, ledger);
      return outcome;
    },
    query: async (key, { orderId }) => simulatedProvider.query(ledgerOf(orderId), key),
  };
  return { port, ledgerOf };
};

/** The simulated carrier with its books in this process; `visit` lets it come for what is due. */
export const carrierInMemory = (now: () => Instant, pace: CarrierPace) => {
  const ledgers = new Map<string, CarrierLedger>();
  const ledgerOf = (orderId: string): CarrierLedger => ledgers.get(orderId) ?? EMPTY_CARRIER_LEDGER;
  const port: EffectPort<CarrierEffect, CarrierReceipt> = {
    perform: async (key, effect) => {
      const { ledger, outcome } = simulatedCarrier.perform(ledgerOf(effect.orderId), key, effect, now(), pace);
      ledgers.set(effect.orderId, ledger);
      return outcome;
    },
    query: async (key, { orderId }) => simulatedCarrier.query(ledgerOf(orderId), key),
  };
  const visit = async (
    tell: (orderId: string, call: 'hand-over' | 'deliver', carrierReference: string) => Promise<CarrierCallAnswer>,
  ): Promise<void> => {
    for (const orderId of ledgers.keys()) {
      const call = simulatedCarrier.nextCall(ledgerOf(orderId));
      if (call === undefined || call.dueAt > now()) continue;
      const answer = await tell(orderId, call.call, call.carrierReference);
      ledgers.set(orderId, simulatedCarrier.called(ledgerOf(orderId), call, answer, now(), pace));
    }
  };
  return { port, ledgerOf, visit };
};
