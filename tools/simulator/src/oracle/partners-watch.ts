import { isBefore } from '@murmuration/kernel';
import type { World } from '../world/world';
import type { Find } from './findings';
import type { Words } from './words';

/** Refusals by which the provider shows that it was asked for money that it must not move. */
const OVERREACHES = new Set(['already_charged', 'already_captured', 'over_capture', 'over_refund']);
const LEFT = new Set(['handed-over', 'delivered']);

/** Looks in the books of the provider and the carrier for what can never become right again, whatever is still to come. */
export const checkPartners = (orderId: string, { provider, carrier }: World, words: Words, find: Find): void => {
  checkMoney(orderId, provider, words, find);
  const { bookings } = carrier.ledgerOf(orderId);
  if (bookings.length > 1) find('I3', orderId, `the carrier has ${bookings.length} bookings`);
  if (!bookings.some(({ status }) => LEFT.has(status))) return;
  if (words.has(orderId, 'shipping.shipment-cancelled.v1', 'shipping.shipment-refused.v1'))
    find('I3', orderId, 'the carrier has the parcel of a shipment that was called off');
  if (words.has(orderId, 'orders.order-cancelled.v1', 'orders.order-rejected.v1'))
    find('I7', orderId, 'was called off, and the carrier has the parcel');
};

const checkMoney = (orderId: string, provider: World['provider'], words: Words, find: Find): void => {
  const { charge, entries } = provider.ledgerOf(orderId);
  for (const [key, { answer }] of Object.entries(entries))
    if (answer?.outcome === 'refused' && OVERREACHES.has(answer.reason))
      find('I1', orderId, `the provider had to refuse ${key}: ${answer.reason}`);
  const [order] = words.all(orderId, 'orders.order-submitted.v1');
  if (charge === undefined || order === undefined) return;
  const { amountMinor, capturedMinor, refundedMinor, expiresAt } = charge;
  const total = order.lines.reduce((sum, { quantity, unitPriceMinor }) => sum + quantity * unitPriceMinor, 0);
  if (amountMinor !== total) find('I1', orderId, `costs ${total}, and the provider has authorised ${amountMinor}`);
  if (capturedMinor !== 0 && capturedMinor !== total)
    find('I1', orderId, `costs ${total}, and the provider has captured ${capturedMinor}`);
  if (refundedMinor > capturedMinor)
    find('I1', orderId, `the provider has given back ${refundedMinor} of ${capturedMinor} captured`);
  const [dispatched] = words.all(orderId, 'shipping.shipment-dispatched.v1');
  const wasCaptured = Object.keys(entries).some((key) => key.startsWith('capture:'));
  if (wasCaptured && dispatched === undefined)
    find('I1', orderId, 'the provider was asked for the money before the parcel left');
  const isOnlyAuthorized = capturedMinor === 0 || wasCaptured;
  if (dispatched !== undefined && isOnlyAuthorized && !isBefore(dispatched.dispatchedAt, expiresAt))
    find('I1', orderId, `left at ${dispatched.dispatchedAt}, and its money was kept ready until ${expiresAt} only`);
};
