import type { InventoryLook, OrdersLook, PaymentsLook, ShippingLook } from './looks';
import type { Ordered } from './scenarios';

/** What the services store of one order, what their partners have in the books of it, and what the customer wanted. */
export type Look = OrdersLook & InventoryLook & PaymentsLook & ShippingLook & { readonly ordered: Ordered };

/** Says what is wrong with what is seen, in a sentence that begins with the invariant. */
export type Rule = (look: Look) => string | undefined;

const CALLED_OFF: readonly OrdersLook['end'][] = ['cancelled', 'rejected'];
const FULFILLED: readonly OrdersLook['end'][] = ['completed', 'delivered'];
const HAS_LEFT: readonly ShippingLook['shipment'][] = ['dispatched', 'delivered'];
const MAY_YET_LEAVE: readonly ShippingLook['shipment'][] = ['authorization-noted', 'booking', 'booked', ...HAS_LEFT];

const money: readonly Rule[] = [
  ({ authorizedMinor, ordered }) =>
    authorizedMinor !== undefined && authorizedMinor !== ordered.totalMinor
      ? `I1: the provider has authorised ${authorizedMinor} for an order of ${ordered.totalMinor}`
      : undefined,
  ({ capturedMinor, authorizedMinor = 0 }) =>
    capturedMinor > 0 && capturedMinor !== authorizedMinor
      ? `I1: the provider has captured ${capturedMinor} of ${authorizedMinor} authorised`
      : undefined,
  ({ refundedMinor, refundAskedMinor }) =>
    refundedMinor > refundAskedMinor
      ? `I1: the provider has given back ${refundedMinor}, ${refundAskedMinor} were asked for`
      : undefined,
  ({ refundedMinor, refundDoneMinor }) =>
    refundedMinor < refundDoneMinor
      ? `I1: ${refundDoneMinor} were given back, by the provider's books ${refundedMinor}`
      : undefined,
  ({ keptMinor }) => (keptMinor < 0 ? `I1: the provider has given back ${-keptMinor} more than it took` : undefined),
  ({ impossible }) => impossible && `I1: the provider was asked for what cannot be: ${impossible}`,
  ({ keptMinor, isCapturedAtOnce, shipment }) =>
    keptMinor > 0 && !isCapturedAtOnce && !HAS_LEFT.includes(shipment)
      ? `I1: captured before the parcel left, the shipment is ${shipment}`
      : undefined,
];

const stock: readonly Rule[] = [
  ({ imbalance }) => imbalance && `I2: ${imbalance}`,
  ({ units, reservation, ordered }) =>
    units !== undefined && units !== ordered.units
      ? `I2: ${units} ${reservation} for an order of ${ordered.units}`
      : undefined,
];

const parcel: readonly Rule[] = [
  ({ bookings }) => (bookings > 1 ? `I3: the carrier has ${bookings} bookings` : undefined),
  ({ isHandedOver, shipment }) =>
    isHandedOver && !HAS_LEFT.includes(shipment)
      ? `I3: the carrier has the parcel, the shipment is ${shipment}`
      : undefined,
];

const ends: readonly Rule[] = [
  ({ end, reservation }) =>
    CALLED_OFF.includes(end) && (reservation === 'held' || reservation === 'committed')
      ? `I7: ${end} while its stock is ${reservation}`
      : undefined,
  ({ end, hasClaim, payment }) =>
    CALLED_OFF.includes(end) && hasClaim ? `I7: ${end} while its payment is ${payment}` : undefined,
  ({ end, shipment }) =>
    CALLED_OFF.includes(end) && MAY_YET_LEAVE.includes(shipment)
      ? `I7: ${end} while its shipment is ${shipment}`
      : undefined,
  ({ end, reservation, payment, shipment }) =>
    FULFILLED.includes(end) && !(reservation === 'committed' && payment === 'captured' && HAS_LEFT.includes(shipment))
      ? `I7: ${end} while its stock is ${reservation}, its payment ${payment} and its shipment ${shipment}`
      : undefined,
];

const expiries: readonly Rule[] = [
  ({ ignoredExpiry }) => ignoredExpiry && `I4: the order heard ${ignoredExpiry}, and does not ask to be cancelled`,
];

/** What must not be in any state. */
export const AT_ANY_TIME: readonly Rule[] = [...stock, ...money, ...parcel, ...ends, ...expiries];

/** A call was refused or not answered, and whoever made it waits for a person. */
export const isStuck = ({ isPaymentStuck, isShipmentStuck, isDisputed }: Look): boolean =>
  isPaymentStuck || isShipmentStuck || isDisputed;

/** Rightly so: a person was called, and what is left of the order waits for what that person does. */
const isLeftToPerson = (look: Look): boolean => look.end === undefined && look.needsAttention && isStuck(look);

/** What must not be where nothing more is due. A service that waits for a person excuses what it waits for itself, and nothing else. */
export const AT_REST: readonly Rule[] = [
  (look) =>
    look.end === undefined && isStuck(look) && !look.needsAttention
      ? 'I4: a service has given up and nobody was told'
      : undefined,
  (look) =>
    look.end === undefined && !isStuck(look)
      ? 'I4: everything is heard and answered, and the order has not ended'
      : undefined,
  ({ isPaymentAwaited }) =>
    isPaymentAwaited ? 'I4: payments waits for an answer to what it never asked the provider' : undefined,
  ({ isShipmentAwaited }) =>
    isShipmentAwaited ? 'I4: shipping waits for an answer to what it never asked the carrier' : undefined,
  ({ end, isDelivered }) =>
    isDelivered && end === 'completed' ? 'I4: the parcel was delivered, and its order does not know' : undefined,
  ({ isCancelAsked, isCancelRefused, shipment }) =>
    isCancelAsked && HAS_LEFT.includes(shipment) && !isCancelRefused
      ? 'I4: a cancellation came too late, and nobody was told'
      : undefined,
  ({ keptMinor, end, isPaymentStuck }) =>
    keptMinor > 0 && CALLED_OFF.includes(end) && !isPaymentStuck
      ? `I1: the provider keeps ${keptMinor} for an order that is ${end}`
      : undefined,
  ({ keptMinor, end }) =>
    keptMinor === 0 && FULFILLED.includes(end) ? `I1: the provider has nothing for an order that is ${end}` : undefined,
  (look) =>
    look.isReservedAtProvider && !look.isPaymentStuck && !isLeftToPerson(look)
      ? `I1: the provider holds an authorisation for ever, the payment is ${look.payment}`
      : undefined,
  (look) => (look.reservation === 'held' && !isLeftToPerson(look) ? 'I2: the stock is held for ever' : undefined),
  ({ isBooked, end, isShipmentStuck }) =>
    isBooked && CALLED_OFF.includes(end) && !isShipmentStuck
      ? `I3: a booking is left at the carrier for an order that is ${end}`
      : undefined,
];
