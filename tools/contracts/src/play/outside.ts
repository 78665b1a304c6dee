import type { CarrierCall, CarrierEffect } from '@murmuration/domain-shipping';
import { EMPTY_CARRIER_LEDGER, simulatedCarrier } from '@murmuration/domain-shipping';
import { EMPTY_PROVIDER_LEDGER, simulatedProvider, type PaymentEffect } from '@murmuration/domain-payments';
import { plusMs, type Instant, type Message, type QueryOutcome } from '@murmuration/kernel';
import type { Script } from './script';

/** Those outside whom the services call, and who call them. */
export type Outside = {
  /** By the service that calls. */
  readonly partnerOf: (service: string) => string;
  readonly ask: (
    call: 'perform' | 'query',
    service: string,
    key: string,
    effect: Message,
    now: Instant,
  ) => QueryOutcome<unknown>;
  /** When the carrier will come next of its own accord. */
  readonly nextVisit: () => CarrierCall | undefined;
  /** Ends all silence. */
  readonly comeBack: () => void;
  readonly visited: (call: CarrierCall, answer: 'accepted' | 'refused', now: Instant) => void;
};

const PARTNERS: Readonly<Record<string, 'payment-provider' | 'carrier'>> = {
  payments: 'payment-provider',
  shipping: 'carrier',
};

const NO_ANSWER: QueryOutcome<unknown> = { outcome: 'unknown', reason: 'timeout' };

/** The simulated provider and carrier of one order, as the script would have them. */
export const outsideOf = ({ silent, authorizationMs, carrierNever, silentOn }: Script): Outside => {
  let provider = EMPTY_PROVIDER_LEDGER;
  let carrier = EMPTY_CARRIER_LEDGER;
  let isBack = false;

  const shortened = (outcome: QueryOutcome<unknown>, now: Instant): QueryOutcome<unknown> =>
    authorizationMs === undefined || outcome.outcome !== 'done'
      ? outcome
      : { ...outcome, result: { ...(outcome.result as object), expiresAt: plusMs(now, authorizationMs) } };

  const askProvider = (
    call: 'perform' | 'query',
    key: string,
    effect: Message,
    now: Instant,
  ): QueryOutcome<unknown> => {
    if (call === 'query') return simulatedProvider.query(provider, key);
    const { ledger, outcome } = simulatedProvider.perform(provider, key, effect as PaymentEffect, now); // because payments calls it
    provider = ledger;
    return shortened(outcome, now);
  };

  const askCarrier = (call: 'perform' | 'query', key: string, effect: Message, now: Instant): QueryOutcome<unknown> => {
    if (call === 'query') return simulatedCarrier.query(carrier, key);
    const { ledger, outcome } = simulatedCarrier.perform(carrier, key, effect as CarrierEffect, now); // because shipping calls it
    carrier = ledger;
    return outcome;
  };

  const partnerOf = (service: string): string => PARTNERS[service] ?? 'nobody';

  return {
    partnerOf,
    ask: (call, service, key, effect, now) => {
      const isSilent = partnerOf(service) === silent && (silentOn?.includes(effect.type) ?? true);
      if (isSilent && !isBack) return NO_ANSWER;
      return service === 'payments' ? askProvider(call, key, effect, now) : askCarrier(call, key, effect, now);
    },
    nextVisit: () => {
      const next = simulatedCarrier.nextCall(carrier);
      return next?.call === carrierNever ? undefined : next;
    },
    comeBack: () => {
      isBack = true;
    },
    visited: (call, answer, now) => {
      carrier = simulatedCarrier.called(carrier, call, answer, now);
    },
  };
};
