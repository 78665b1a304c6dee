import {
  contractOf,
  keyOf,
  type IntegrationData,
  type IntegrationEvent,
  type IntegrationEventName,
} from '@murmuration/contracts';
import { archiveCodec, type Archived, archiveModel } from '@murmuration/domain-projections';
import { derivedId, memoryCoordination, memoryEventStore, type EventStore } from '@murmuration/event-store';
import { assert, instant, plusMs, type Instant } from '@murmuration/kernel';
import { memoryViewStore } from './views/memory-view-store';

export const START = instant('2026-03-01T09:30:00.000Z');
export const at = (seconds: number): Instant => plusMs(START, seconds * 1_000);

let events = 0;

/** The example of an event with other data laid over it, as it was heard so many seconds after the start. */
export const heard = <Name extends IntegrationEventName>(
  name: Name,
  data: Partial<IntegrationData<Name>> = {},
  seconds = 0,
): Archived => {
  const contract = contractOf(name);
  assert(contract !== undefined, `a contract for ${name}`);
  const event = { name, data: { ...(contract.example as object), ...data } } as IntegrationEvent; // because the example fits the contract
  return {
    type: 'Archived',
    heard: {
      ...{ id: derivedId('test', String(++events)), name, source: contract.service, subject: keyOf(event) },
      ...{ time: at(seconds), correlationId: 'o-1', causationId: 'c-1', hop: 0, data: event.data },
    },
  };
};

/** Puts events into the archive as the consumer does. */
export const archive = async (store: EventStore, archived: readonly Archived[]): Promise<void> => {
  const verdict = await store.append({
    checks: [],
    events: archived.map((event) => ({
      ...{ streamId: archiveModel.streamOf(event), eventId: derivedId('archived', event.heard.id) },
      ...archiveCodec.encode(event),
      metadata: { correlationId: 'o-1', causationId: event.heard.id, actor: 'archive', hop: 1 },
    })),
  });
  assert(verdict.outcome === 'appended', 'archived');
};

/** All that is said of an order that is delivered, one a second. */
export const delivered = (orderId: string, first = 0): readonly Archived[] =>
  [
    heard('orders.order-submitted.v1', { orderId, submittedAt: at(first) }, first),
    heard('inventory.stock-reserved.v1', { orderId }, first + 1),
    heard('payments.payment-authorized.v1', { orderId }, first + 2),
    heard('shipping.shipment-booked.v1', { orderId }, first + 3),
    heard('shipping.shipment-dispatched.v1', { orderId }, first + 4),
    heard('payments.payment-captured.v1', { orderId }, first + 5),
    heard('inventory.stock-committed.v1', { orderId }, first + 6),
    heard('orders.order-completed.v1', { orderId }, first + 7),
    heard('shipping.shipment-delivered.v1', { orderId }, first + 8),
    heard('orders.order-delivered.v1', { orderId }, first + 9),
  ] as const;

export const level = (sku: string, available: number): Archived =>
  heard('inventory.stock-level-changed.v1', {
    sku,
    received: available,
    adjusted: 0,
    held: 0,
    committed: 0,
    available,
  });

/** All that is said of a customer who verifies their e-mail address, becomes one of silver, and is suspended, one a second. */
export const suspendedCustomer = (customerId: string): readonly Archived[] => [
  heard('orders.customer-registered.v1', { customerId, registeredAt: at(0) }, 0),
  heard('orders.customer-contact-verified.v1', { customerId, channel: 'email', verifiedAt: at(1) }, 1),
  heard('orders.customer-tier-changed.v1', { customerId, from: 'bronze', to: 'silver', changedAt: at(2) }, 2),
  heard('orders.customer-suspended.v1', { customerId, reason: 'chargeback', suspendedAt: at(3) }, 3),
];

/** An archive and views that begin empty, in memory. */
export const projectionsInMemory = () => {
  const now = () => START;
  return { store: memoryEventStore({ now }), coordination: memoryCoordination({ now }), views: memoryViewStore() };
};
