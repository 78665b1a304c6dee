import { orderSubmitted, say, shipmentDispatched, stockReserved } from '@murmuration/contracts';
import type { PaymentEffect, ProviderReceipt } from '@murmuration/domain-payments';
import { instant, type EffectPort } from '@murmuration/kernel';
import { serviceOnMemory } from '@murmuration/platform';
import { paymentsService } from './payments.module';

export const NOW = instant('2026-03-01T09:30:00.000Z');
export const EXPIRES = instant('2026-03-08T09:30:00.000Z');

/** Is never called here, since nothing runs effects: what the provider answers comes by its webhook. */
const silentProvider: EffectPort<PaymentEffect, ProviderReceipt> = {
  perform: (key) => Promise.reject(new Error(`nobody should call the provider, got ${key}`)),
  query: (key) => Promise.reject(new Error(`nobody should ask the provider, got ${key}`)),
};

/** The payments service in memory, and orders led through it by what the others and the provider say. */
export const paymentsForTests = async () => {
  const service = await serviceOnMemory(paymentsService(silentProvider), { now: () => NOW });
  const { hear, send } = service;
  let orders = 0;
  let notices = 0;

  const notice = (orderId: string, call: string, outcome: unknown = done()) => ({
    ...{ eventId: `n-${++notices}`, orderId, key: `${call}:${orderId}`, outcome },
  });
  const tell = (orderId: string, call: string, outcome: unknown = done()) =>
    send('POST', '/webhooks/psp', notice(orderId, call, outcome));
  /** An order whose authorisation the provider was asked for. */
  const asked = async (orderId = `o-${++orders}`): Promise<string> => {
    await hear(say(orderSubmitted, { ...orderSubmitted.example, orderId, totalMinor: 6980 }));
    await hear(say(stockReserved, { ...stockReserved.example, orderId }));
    return orderId;
  };
  const authorized = async (): Promise<string> => {
    const orderId = await asked();
    await tell(orderId, 'authorize');
    return orderId;
  };
  const shipped = async (): Promise<string> => {
    const orderId = await authorized();
    await hear(say(shipmentDispatched, { orderId, dispatchedAt: NOW }));
    await tell(orderId, 'capture');
    return orderId;
  };
  return { ...service, notice, tell, asked, authorized, shipped };
};

export const done = (changes: { readonly captured?: boolean } = {}) => ({
  outcome: 'done',
  result: { providerReference: 'PSP-1', captured: false, expiresAt: EXPIRES, ...changes },
});
export const refused = { outcome: 'refused', reason: 'insufficient_funds' };
