import { reservationStream, type InventoryState } from '@murmuration/domain-inventory';
import { orderStream, standingOf, type Order } from '@murmuration/domain-orders';
import { paymentStream, type Payment, type ProviderLedger } from '@murmuration/domain-payments';
import { shipmentStream, type CarrierLedger, type Shipment } from '@murmuration/domain-shipping';
import { assert } from '@murmuration/kernel';
import type { ActorState } from './actor-state';

type Placed = Extract<Order, { readonly stage: 'placed' }>;
type Reservation = Extract<InventoryState, { readonly kind: 'reservation' }>;
type Ledger = Extract<InventoryState, { readonly kind: 'stock' }>;

/** What the audit sees of each service: the state of an order's stream, and the partner's books. */
export type OrdersLook = { readonly end?: NonNullable<Placed['ending']>['status']; readonly needsAttention: boolean };
export type InventoryLook = {
  readonly isDisputed: boolean;
  readonly reservation: Reservation['status'];
  /** What does not add up in the ledgers of all orders' stock. */
  readonly imbalance?: string;
};
export type PaymentsLook = {
  /** A call was refused or not answered, and waits for a person. */
  readonly isPaymentStuck: boolean;
  readonly payment: Payment['status'];
  /** Whether the service believes that it has, or may come to have, the customer's money or a claim on it. */
  readonly hasClaim: boolean;
  readonly isCapturedAtOnce: boolean;
  /** By the provider's books, in minor units. */
  readonly keptMinor: number;
  readonly isReservedAtProvider: boolean;
  readonly overcharge?: string;
};
export type ShippingLook = {
  /** A call was refused or not answered, and waits for a person. */
  readonly isShipmentStuck: boolean;
  readonly shipment: Shipment['status'];
  /** By the carrier's books. */
  readonly bookings: number;
  readonly isHandedOver: boolean;
  readonly isBooked: boolean;
};

const streamOf = <State>({ streams }: ActorState, streamId: string): State | undefined =>
  streams[streamId] as State | undefined; // because a stream's name says whose state it holds

export const lookAtOrder = (state: ActorState, orderId: string): OrdersLook => {
  const order = streamOf<Order>(state, orderStream(orderId));
  assert(order?.stage === 'placed', 'every scenario begins with placed orders');
  const { ending } = order;
  return {
    ...(ending === undefined ? {} : { end: ending.status }),
    needsAttention: standingOf(order).status === 'needs-attention',
  };
};

export const lookAtStock = (state: ActorState, orderId: string): InventoryLook => {
  const reservation = streamOf<Reservation>(state, reservationStream(orderId));
  const imbalance = imbalanceOf(Object.values(state.streams) as readonly InventoryState[]); // because inventory stores nothing else
  const status = reservation?.status ?? 'absent';
  return { reservation: status, isDisputed: status === 'disputed', ...(imbalance === undefined ? {} : { imbalance }) };
};

const imbalanceOf = (states: readonly InventoryState[]): string | undefined => {
  const ledgers = states.filter((state): state is Ledger => state.kind === 'stock');
  const reservations = states.filter((state): state is Reservation => state.kind === 'reservation');
  const counted = (status: 'held' | 'committed'): number =>
    reservations
      .flatMap((reservation) => (reservation.status === status ? reservation.lines : []))
      .reduce((sum, { quantity }) => sum + quantity, 0);
  for (const status of ['held', 'committed'] as const) {
    const inLedgers = ledgers.reduce((sum, ledger) => sum + ledger[status], 0);
    if (inLedgers !== counted(status))
      return `the ledgers have ${inLedgers} ${status}, the reservations ${counted(status)}`;
  }
  const isShort = ledgers.some(({ available }) => available < 0);
  return isShort ? 'more is promised than there is' : undefined;
};

export const lookAtPayment = (state: ActorState, orderId: string): PaymentsLook => {
  const payment = streamOf<Payment>(state, paymentStream(orderId));
  const { charge } = state.books as ProviderLedger; // because payments calls nobody else
  const keptMinor = charge === undefined ? 0 : charge.capturedMinor - charge.refundedMinor;
  const isOver = charge !== undefined && (charge.capturedMinor > charge.amountMinor || keptMinor < 0);
  return {
    isPaymentStuck: payment !== undefined && [payment, ...refundsOf(payment)].some(isStuck),
    payment: payment?.status ?? 'absent',
    hasClaim: payment !== undefined && hasClaim(payment),
    isCapturedAtOnce: charge?.status === 'captured' && state.calls[`capture:${orderId}`] === undefined,
    keptMinor,
    isReservedAtProvider: charge?.status === 'authorized' && charge.expiresAt > state.clock,
    ...(isOver ? { overcharge: `of ${charge.amountMinor} the provider has ${keptMinor}` } : {}),
  };
};

const refundsOf = (payment: Payment): readonly object[] => (payment.status === 'captured' ? payment.refunds : []);

const isStuck = (call: object): boolean => 'answer' in call && (call.answer === 'gave-up' || call.answer === 'refused');

const WITHOUT_CLAIM: readonly Payment['status'][] = ['absent', 'order-noted', 'declined', 'voided'];

const hasClaim = (payment: Payment): boolean =>
  payment.status === 'captured'
    ? payment.refunds.every(({ cause, answer }) => cause !== 'undo' || answer !== 'done')
    : !WITHOUT_CLAIM.includes(payment.status);

export const lookAtShipment = (state: ActorState, orderId: string): ShippingLook => {
  const shipment = streamOf<Shipment>(state, shipmentStream(orderId));
  const { bookings } = state.books as CarrierLedger; // because shipping calls nobody else
  return {
    isShipmentStuck: shipment !== undefined && isStuck(shipment),
    shipment: shipment?.status ?? 'absent',
    bookings: bookings.length,
    isHandedOver: bookings.some(({ status }) => status === 'handed-over' || status === 'delivered'),
    isBooked: bookings.some(({ status }) => status === 'booked'),
  };
};
