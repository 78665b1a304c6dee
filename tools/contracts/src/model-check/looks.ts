import { reservationStream, stockStream, type InventoryState } from '@murmuration/domain-inventory';
import { orderStream, standingOf, type Order } from '@murmuration/domain-orders';
import { paymentStream, type Payment, type ProviderLedger } from '@murmuration/domain-payments';
import { shipmentStream, type CarrierLedger, type Shipment } from '@murmuration/domain-shipping';
import { assert } from '@murmuration/kernel';
import type { ActorState } from './actor-state';
import { unitsOf } from './scenarios';

type Placed = Extract<Order, { readonly stage: 'placed' }>;
type Reservation = Extract<InventoryState, { readonly kind: 'reservation' }>;
type Refund = Extract<Payment, { readonly status: 'captured' }>['refunds'][number];

/** What the audit sees of each service: the state of an order's stream, and the partner's books. */
export type OrdersLook = {
  readonly end?: NonNullable<Placed['ending']>['status'];
  readonly needsAttention: boolean;
  readonly isCancelAsked: boolean;
  /** It heard that something has run out while it could still have been cancelled, and did not ask for it. */
  readonly ignoredExpiry?: string;
};
export type InventoryLook = {
  readonly isDisputed: boolean;
  readonly reservation: Reservation['status'];
  /** What is held or committed for the order. */
  readonly units?: string;
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
  /** It waits for an answer to one of its calls. */
  readonly isPaymentAwaited: boolean;
  /** What it has asked to be given back and may be; and what it was told has been. */
  readonly refundAskedMinor: number;
  readonly refundDoneMinor: number;
  /** By the provider's books, in minor units; the authorised amount is absent while nothing is. */
  readonly authorizedMinor?: number;
  readonly capturedMinor: number;
  readonly refundedMinor: number;
  readonly keptMinor: number;
  readonly isReservedAtProvider: boolean;
  /** What the provider was asked for and could not do, as no flock in its right mind asks for it. */
  readonly impossible?: string;
};
export type ShippingLook = {
  /** A call was refused or not answered, and waits for a person. */
  readonly isShipmentStuck: boolean;
  readonly shipment: Shipment['status'];
  readonly isCancelRefused: boolean;
  /** It waits for an answer to one of its calls. */
  readonly isShipmentAwaited: boolean;
  /** By the carrier's books. */
  readonly bookings: number;
  readonly isHandedOver: boolean;
  readonly isDelivered: boolean;
  readonly isBooked: boolean;
};

const streamOf = <State>({ streams }: ActorState, streamId: string): State | undefined =>
  streams[streamId] as State | undefined; // because a stream's name says whose state it holds

export const lookAtOrder = (state: ActorState, orderId: string): OrdersLook => {
  const order = streamOf<Order>(state, orderStream(orderId));
  assert(order?.stage === 'placed', 'every scenario begins with placed orders');
  const { ending, cancellation } = order;
  return {
    ...(ending === undefined ? {} : { end: ending.status }),
    ...ignoredExpiryOf(order),
    needsAttention: standingOf(order).status === 'needs-attention',
    isCancelAsked: cancellation !== undefined,
  };
};

const EXPIRIES = ['stock-hold-expired', 'payment-authorization-expired'];

/** What may be heard of an order that can still be cancelled. */
const ON_THE_WAY = [
  ...['stock-reserved', 'payment-authorized', 'shipment-booked', ...EXPIRIES],
  ...['stock-needs-attention', 'payment-needs-attention', 'shipment-needs-attention'],
];

const ignoredExpiryOf = ({ facts, ending, cancellation }: Placed): { readonly ignoredExpiry?: string } => {
  const heard = Object.keys(facts);
  const expiry = heard.find((fact) => EXPIRIES.includes(fact));
  const isIgnored =
    ending === undefined && cancellation === undefined && heard.every((fact) => ON_THE_WAY.includes(fact));
  return expiry !== undefined && isIgnored ? { ignoredExpiry: expiry } : {};
};

export const lookAtStock = (state: ActorState, orderId: string): InventoryLook => {
  const reservation = streamOf<Reservation>(state, reservationStream(orderId));
  const imbalance = imbalanceOf(state.streams as Readonly<Record<string, InventoryState>>); // because inventory stores nothing else
  const status = reservation?.status ?? 'absent';
  const hasUnits = reservation?.status === 'held' || reservation?.status === 'committed';
  return {
    ...{ reservation: status, isDisputed: status === 'disputed' },
    ...(hasUnits ? { units: unitsOf(reservation.lines) } : {}),
    ...(imbalance === undefined ? {} : { imbalance }),
  };
};

const imbalanceOf = (streams: Readonly<Record<string, InventoryState>>): string | undefined => {
  const states = Object.entries(streams);
  const ledgers = states.flatMap(([streamId, state]) => (state.kind === 'stock' ? [{ ...state, streamId }] : []));
  for (const status of ['held', 'committed'] as const) {
    const inLedgers = ledgers.flatMap(({ streamId, [status]: quantity }) =>
      quantity === 0 ? [] : [{ sku: streamId, quantity }],
    );
    const inReservations = states.flatMap(([, state]) =>
      state.kind === 'reservation' && state.status === status
        ? state.lines.map(({ sku, quantity }) => ({ sku: stockStream(sku), quantity }))
        : [],
    );
    const [counted, claimed] = [unitsOf(inLedgers), unitsOf(inReservations)];
    if (counted !== claimed)
      return `the ledgers have ${counted || 'nothing'} ${status}, the reservations ${claimed || 'nothing'}`;
  }
  const isShort = ledgers.some(({ available }) => available < 0);
  return isShort ? 'more is promised than there is' : undefined;
};

export const lookAtPayment = (state: ActorState, orderId: string): PaymentsLook => {
  const payment = streamOf<Payment>(state, paymentStream(orderId));
  const { charge, entries } = state.books as ProviderLedger; // because payments calls nobody else
  const { capturedMinor = 0, refundedMinor = 0 } = charge ?? {};
  const calls = payment === undefined ? [] : [payment, ...refundsOf(payment)];
  const impossible = Object.values(entries).find(({ answer }) => answer !== undefined && isImpossible(answer));
  return {
    isPaymentStuck: calls.some(isStuck),
    isPaymentAwaited: calls.some(isAwaited),
    ...refundSumsOf(payment),
    ...(charge === undefined ? {} : { authorizedMinor: charge.amountMinor }),
    payment: payment?.status ?? 'absent',
    hasClaim: payment !== undefined && hasClaim(payment),
    isCapturedAtOnce: charge?.status === 'captured' && state.calls[`capture:${orderId}`] === undefined,
    ...{ capturedMinor, refundedMinor, keptMinor: capturedMinor - refundedMinor },
    isReservedAtProvider: charge?.status === 'authorized' && charge.expiresAt > state.clock,
    ...(impossible === undefined ? {} : { impossible: JSON.stringify(impossible.answer) }),
  };
};

const refundsOf = (payment: Payment | undefined): readonly Refund[] =>
  payment?.status === 'captured' ? payment.refunds : [];

const refundSumsOf = (payment: Payment | undefined) => {
  const sumOf = (refunds: readonly Refund[]): number => refunds.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
  const refunds = refundsOf(payment);
  return {
    refundAskedMinor: sumOf(refunds.filter(({ answer }) => answer !== 'refused' && answer !== 'abandoned')),
    refundDoneMinor: sumOf(refunds.filter(({ answer }) => answer === 'done')),
  };
};

/** Asked for more than there is, or of a charge in another state. */
const IMPOSSIBLE = ['already_charged', 'no_such_charge', 'already_captured', 'already_voided', 'not_captured'];
const isImpossible = (answer: NonNullable<ProviderLedger['entries'][string]['answer']>): boolean =>
  answer.outcome === 'refused' && (answer.reason.startsWith('over_') || IMPOSSIBLE.includes(answer.reason));

const isAwaited = (call: object): boolean => 'answer' in call && call.answer === 'awaited';

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
    isCancelRefused: shipment !== undefined && 'cancelRefused' in shipment && shipment.cancelRefused,
    isShipmentAwaited: shipment !== undefined && isAwaited(shipment),
    bookings: bookings.length,
    isHandedOver: bookings.some(({ status }) => status === 'handed-over' || status === 'delivered'),
    isDelivered: bookings.some(({ status }) => status === 'delivered'),
    isBooked: bookings.some(({ status }) => status === 'booked'),
  };
};
