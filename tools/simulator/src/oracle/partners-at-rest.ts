import type { Order } from '@murmuration/domain-orders';
import type { World } from '../world/world';
import type { Find } from './findings';
import type { Words } from './words';

/** An order that nobody looks after, and how it stands. */
export type AtRest = {
  readonly orderId: string;
  readonly order: Extract<Order, { readonly stage: 'placed' }>;
  readonly status: string;
};

const LEFT = new Set(['handed-over', 'delivered']);

/** Compares what was said of an order to how the books of the provider and the carrier stand once nothing goes on any more. */
export const partnersAtRest = (at: AtRest, world: World, words: Words, find: Find): void => {
  parcelAtRest(at, world, words, find);
  moneyAtRest(at, world, words, find);
};

const isUndone = ({ status }: AtRest): boolean => status === 'cancelled' || status === 'rejected';

const parcelAtRest = (at: AtRest, { carrier }: World, words: Words, find: Find): void => {
  const { orderId, status } = at;
  const { bookings } = carrier.ledgerOf(orderId);
  const isDispatched = words.has(orderId, 'shipping.shipment-dispatched.v1');
  if (bookings.some((booking) => LEFT.has(booking.status)) && !isDispatched)
    find('I3', orderId, 'the carrier has the parcel, and shipping knows nothing of it');
  for (const booking of isUndone(at) ? bookings : []) {
    if (LEFT.has(booking.status)) find('I7', orderId, `is ${status}, and the carrier has the parcel`);
    else if (booking.status !== 'cancelled') find('I3', orderId, `is ${status}, and its booking is ${booking.status}`);
  }
  if (isUndone(at)) return;
  if (!bookings.some((booking) => LEFT.has(booking.status)))
    find('I7', orderId, `is ${status}, and the carrier has no parcel of it`);
  const isDelivered = bookings.some((booking) => booking.status === 'delivered');
  if (isDelivered !== (status === 'delivered'))
    find('I4', orderId, `is ${status}, and the carrier has ${isDelivered ? '' : 'not '}delivered it`);
};

const sum = (amounts: readonly { readonly amountMinor: number }[]): number =>
  amounts.reduce((total, { amountMinor }) => total + amountMinor, 0);

const moneyAtRest = (at: AtRest, { provider }: World, words: Words, find: Find): void => {
  const { orderId, status } = at;
  const { charge } = provider.ledgerOf(orderId);
  if (charge === undefined) {
    if (!isUndone(at)) find('I1', orderId, `is ${status}, and the provider has no charge`);
    return;
  }
  const kept = charge.capturedMinor - charge.refundedMinor;
  if (isUndone(at) && (kept !== 0 || charge.status === 'authorized'))
    find('I1', orderId, `is ${status}, and the provider has ${charge.status} with ${kept} kept`);
  if (!isUndone(at) && charge.status !== 'captured')
    find('I1', orderId, `is ${status}, and the provider has ${charge.status}`);
  const captured = sum(words.all(orderId, 'payments.payment-captured.v1'));
  if (charge.capturedMinor !== captured)
    find('I1', orderId, `the provider has captured ${charge.capturedMinor}, and payments says ${captured}`);
  const refunded = sum(words.all(orderId, 'payments.payment-refunded.v1'));
  if (charge.refundedMinor !== refunded)
    find('I1', orderId, `the provider has given back ${charge.refundedMinor}, and payments says ${refunded}`);
};
