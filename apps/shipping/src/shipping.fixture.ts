import { orderCancellationRequested, orderSubmitted, paymentAuthorized, say } from '@murmuration/contracts';
import type { CarrierEffect, CarrierReceipt, ShipmentCommand } from '@murmuration/domain-shipping';
import { instant, type EffectPort } from '@murmuration/kernel';
import { serviceOnMemory, type ServiceStorage } from '@murmuration/platform';
import { randomUUID } from 'node:crypto';
import { shippingService } from './shipping.module';

export const NOW = instant('2026-03-01T09:30:00.000Z');

/** Is never called here, since nothing runs effects: what the carrier answers is reported by hand. */
const silentCarrier: EffectPort<CarrierEffect, CarrierReceipt> = {
  perform: (key) => Promise.reject(new Error(`nobody should call the carrier, got ${key}`)),
  query: (key) => Promise.reject(new Error(`nobody should ask the carrier, got ${key}`)),
};

export type Booking = { readonly orderId: string; readonly carrierReference: string };

/** The shipping service in memory, and orders led through it by what the others and the carrier say. */
export const shippingForTests = async (storage?: ServiceStorage) => {
  const service = await serviceOnMemory(shippingService(silentCarrier), {
    now: () => NOW,
    ...(storage === undefined ? {} : { storage }),
  });
  const { core, hear, send } = service;
  let orders = 0;
  let notices = 0;

  const report = async (orderId: string, outcome: ReportedOutcome): Promise<void> => {
    const metadata = { correlationId: orderId, causationId: orderId, actor: 'test', hop: 0 };
    const command = { type: 'ReportCarrierOutcome', orderId, key: `book:${orderId}`, outcome, now: NOW } as const;
    await core.processor.execute({ commandId: randomUUID(), command, metadata });
  };
  /** An order whose booking the carrier was asked for. */
  const asked = async (orderId = `o-${++orders}`): Promise<string> => {
    await hear(say(orderSubmitted, { ...orderSubmitted.example, orderId }));
    await hear(say(paymentAuthorized, { ...paymentAuthorized.example, orderId }));
    return orderId;
  };
  const booked = async (): Promise<Booking> => {
    const orderId = await asked();
    const carrierReference = `CR-${orderId}`;
    await report(orderId, { outcome: 'done', result: { carrierReference } });
    return { orderId, carrierReference };
  };
  const cancel = (orderId: string) =>
    hear(say(orderCancellationRequested, { orderId, reason: 'customer-requested', requestedAt: NOW }));
  const notice = (booking: Booking, event: 'handed-over' | 'delivered') => ({
    ...{ eventId: `n-${++notices}`, ...booking, event, occurredAt: NOW },
  });
  const tell = (...told: readonly unknown[]) => send('POST', '/webhooks/carrier', told);
  return { ...service, report, asked, booked, cancel, notice, tell };
};

type ReportedOutcome = Extract<ShipmentCommand, { readonly type: 'ReportCarrierOutcome' }>['outcome'];
