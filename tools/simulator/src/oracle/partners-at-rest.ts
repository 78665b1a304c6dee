import type { World } from '../world/world';
import type { Find } from './findings';

/** What was said of an order. */
export type OrderWords = {
  readonly waitsForPerson: (orderId: string) => boolean;
  readonly isDispatched: (orderId: string) => boolean;
};

const LEFT = new Set(['handed-over', 'delivered']);

/**
 * Compares what orders has said to how the books of the provider and the carrier stand once nothing goes on any more. An order
 * that waits for a person is left to that person.
 */
export const partnersAtRest = (
  world: World,
  statuses: ReadonlyMap<string, string>,
  { waitsForPerson, isDispatched }: OrderWords,
  find: Find,
): void => {
  for (const [orderId, status] of statuses) {
    const { charge } = world.provider.ledgerOf(orderId);
    const { bookings } = world.carrier.ledgerOf(orderId);
    if (bookings.length > 1) find('I3', orderId, `the carrier has ${bookings.length} bookings`);
    if (bookings.some((booking) => LEFT.has(booking.status)) && !isDispatched(orderId))
      find('I3', orderId, 'the carrier has the parcel, and shipping knows nothing of it');
    if (waitsForPerson(orderId)) continue;
    const isUndone = status === 'cancelled' || status === 'rejected';
    for (const booking of isUndone ? bookings : []) {
      if (LEFT.has(booking.status)) find('I7', orderId, `is ${status}, and the carrier has the parcel`);
      else if (booking.status !== 'cancelled')
        find('I3', orderId, `is ${status}, and its booking is ${booking.status}`);
    }
    if (charge === undefined) continue;
    const kept = charge.capturedMinor - charge.refundedMinor;
    if (isUndone && (kept !== 0 || charge.status === 'authorized'))
      find('I1', orderId, `is ${status}, and the provider has ${charge.status} with ${kept} kept`);
    if (!isUndone && charge.status !== 'captured')
      find('I1', orderId, `is ${status}, and the provider has ${charge.status}`);
  }
};
