import * as customers from './customers.events';
import type { DataOf, EventContract } from './event-contract';
import * as inventory from './inventory.events';
import * as operations from './operations.events';
import * as orders from './orders.events';
import * as payments from './payments.events';
import * as shipping from './shipping.events';

/** Every event of the published language. */
export const EVENTS = [
  orders.orderSubmitted,
  orders.orderCancellationRequested,
  orders.orderCompleted,
  orders.orderDelivered,
  orders.orderCancelled,
  orders.orderRejected,
  orders.orderNeedsAttention,
  orders.orderAttentionHandled,
  customers.customerRegistered,
  customers.customerContactVerified,
  customers.customerContactChanged,
  customers.customerSuspended,
  customers.customerReactivated,
  customers.customerDeactivated,
  customers.customerTierChanged,
  inventory.stockReserved,
  inventory.stockRefused,
  inventory.stockReleased,
  inventory.stockCommitted,
  inventory.stockHoldExpired,
  inventory.stockNeedsAttention,
  inventory.stockAttentionHandled,
  inventory.stockLevelChanged,
  payments.paymentAuthorized,
  payments.paymentDeclined,
  payments.paymentCaptured,
  payments.paymentVoided,
  payments.paymentRefunded,
  payments.paymentAuthorizationExpired,
  payments.paymentNeedsAttention,
  payments.paymentAttentionHandled,
  shipping.shipmentBooked,
  shipping.shipmentRefused,
  shipping.shipmentDispatched,
  shipping.shipmentDelivered,
  shipping.shipmentCancelled,
  shipping.shipmentCancelRefused,
  shipping.shipmentNeedsAttention,
  shipping.shipmentAttentionHandled,
  operations.sagaStuck,
  operations.invariantViolated,
  operations.PARKED_EVENTS.orders.recordParked,
  operations.PARKED_EVENTS.orders.recordUnparked,
  operations.PARKED_EVENTS.inventory.recordParked,
  operations.PARKED_EVENTS.inventory.recordUnparked,
  operations.PARKED_EVENTS.payments.recordParked,
  operations.PARKED_EVENTS.payments.recordUnparked,
  operations.PARKED_EVENTS.shipping.recordParked,
  operations.PARKED_EVENTS.shipping.recordUnparked,
  operations.PARKED_EVENTS.projections.recordParked,
  operations.PARKED_EVENTS.projections.recordUnparked,
] as const;

type Contract = (typeof EVENTS)[number];
export type IntegrationEventName = Contract['name'];

/** The payload of the event with this name. */
export type IntegrationData<Name extends IntegrationEventName> = DataOf<Extract<Contract, { readonly name: Name }>>;

/** An announcement: what a service says, before it becomes a record. */
export type IntegrationEvent = {
  [Name in IntegrationEventName]: { readonly name: Name; readonly data: IntegrationData<Name> };
}[IntegrationEventName];

const byName = new Map<string, EventContract>(EVENTS.map((contract) => [contract.name, contract as EventContract]));

export const contractOf = (name: string): EventContract | undefined => byName.get(name);

/** The record key of an announcement. */
export const keyOf = (event: IntegrationEvent): string => {
  const contract = byName.get(event.name);
  return String((event.data as Record<string, unknown>)[contract?.key ?? '']);
};

/** Says an event; the payload is checked at compile time. */
export const say = <Name extends IntegrationEventName>(
  contract: { readonly name: Name },
  data: IntegrationData<Name>,
): IntegrationEvent => ({ name: contract.name, data }) as IntegrationEvent;
