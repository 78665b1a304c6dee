import { customer, pointsFor, type Customer, type CustomerEvent } from '@murmuration/domain-customers';
import { knows } from './order.facts';
import type { OrderCommand, OrderEvent } from './order.messages';
import type { Order } from './order.state';

/** Whose points are at stake: the customer of an order that this command may be the last word for. */
export const customerToReward = (command: OrderCommand, order: Order): string | undefined => {
  if (order.stage !== 'placed' || (command.type !== 'RecordFact' && command.type !== 'ResolveOrder')) return undefined;
  const saysSo = command.type === 'RecordFact' && command.fact.fact === 'shipment-delivered';
  const isThere = saysSo || knows(order.facts, 'shipment-delivered');
  return isThere ? order.customerId : undefined;
};

/**
 * The points that a delivered order earns its customer, if they are registered. They follow from the delivery and never stand in its
 * way: who has left, or has more than a lifetime holds, earns none.
 */
export const rewardFor = (
  command: OrderCommand,
  order: Order,
  events: readonly OrderEvent[],
  customerOf: (customerId: string) => Customer,
): readonly CustomerEvent[] => {
  const customerId = customerToReward(command, order);
  const points = order.stage === 'placed' ? pointsFor(order.totalMinor) : 0;
  if (customerId === undefined || points === 0 || !events.some(({ type }) => type === 'OrderDelivered')) return [];
  const { orderId, now } = command;
  const award = { type: 'AwardLoyaltyPoints', customerId, reference: orderId, points, now } as const;
  return customer.decide(award, customerOf(customerId)).accepted ?? [];
};
