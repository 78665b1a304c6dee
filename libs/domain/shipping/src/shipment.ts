import {
  accept,
  isBefore,
  reject,
  unreachable,
  type Decider,
  type Decision,
  type Instant,
  type Of,
} from '@murmuration/kernel';
import { resolveCall, retryCall } from './attention';
import { reportOutcome } from './carrier-outcome';
import type { ShipmentCommand, ShipmentEvent, ShipmentRejection } from './shipment.messages';
import { absentShipment, evolve, type Shipment } from './shipment.state';

type ShipmentDecision = Decision<ShipmentEvent, ShipmentRejection>;

const noteOrder = (
  { orderId, shipTo, now }: Of<ShipmentCommand, 'NoteOrder'>,
  shipment: Shipment,
): ShipmentDecision => {
  if (shipment.status === 'absent') return accept({ type: 'OrderNoted', orderId, shipTo, notedAt: now });
  if (shipment.status === 'authorization-noted')
    return accept({ type: 'BookingRequested', orderId, shipTo, ...authorizedOf(shipment), requestedAt: now });
  return accept();
};

const notePaymentAuthorized = (
  command: Of<ShipmentCommand, 'NotePaymentAuthorized'>,
  shipment: Shipment,
): ShipmentDecision => {
  const { orderId, now } = command;
  const authorized = authorizedOf(command);
  if (shipment.status === 'absent')
    return accept({ type: 'PaymentAuthorizationNoted', orderId, ...authorized, notedAt: now });
  if (shipment.status === 'order-noted')
    return accept({ type: 'BookingRequested', orderId, shipTo: shipment.shipTo, ...authorized, requestedAt: now });
  if (shipment.status === 'cancelled') return reject({ type: 'ShipmentClosed', orderId, status: shipment.status });
  return accept();
};

/** Decides a cancellation against the dispatch: whichever is stored first wins, and the other is refused. */
const cancel = ({ orderId, now }: Of<ShipmentCommand, 'CancelShipment'>, shipment: Shipment): ShipmentDecision => {
  switch (shipment.status) {
    case 'absent':
    case 'order-noted':
    case 'authorization-noted':
      return accept({ type: 'ShipmentCancelled', orderId, held: false, cancelledAt: now });
    case 'booking':
      return accept({ type: 'ShipmentCancelled', orderId, held: true, cancelledAt: now });
    case 'booked': {
      const { carrierReference } = shipment;
      return accept<ShipmentEvent>(
        { type: 'ShipmentCancelled', orderId, held: true, cancelledAt: now },
        { type: 'BookingCancellationRequested', orderId, carrierReference, requestedAt: now },
      );
    }
    case 'dispatched':
    case 'delivered':
      return shipment.cancelRefused
        ? accept()
        : accept({ type: 'ShipmentCancelRefused', orderId, reason: `already-${shipment.status}`, refusedAt: now });
    case 'refused':
    case 'cancelled':
      return accept();
  }
};

const authorizedOf = ({ authorizedUntil }: { readonly authorizedUntil?: Instant }) =>
  authorizedUntil === undefined ? {} : { authorizedUntil };

/** What leaves must be paid for: an authorisation that has run out cannot be captured. */
const dispatch = (
  { orderId, carrierReference, now }: Of<ShipmentCommand, 'DispatchShipment'>,
  shipment: Shipment,
): ShipmentDecision => {
  const authorizedUntil = 'authorizedUntil' in shipment ? shipment.authorizedUntil : undefined;
  if (authorizedUntil !== undefined && !isBefore(now, authorizedUntil))
    return reject({ type: 'AuthorizationExpired', orderId, authorizedUntil });
  switch (shipment.status) {
    case 'absent':
      // Without a booking of ours the carrier keeps its parcel, whatever may still be heard.
      return carrierReference === undefined
        ? reject({ type: 'OrderNotHeardOfYet', orderId })
        : reject({ type: 'NotBooked', orderId, status: shipment.status });
    case 'order-noted':
    case 'authorization-noted':
      return reject({ type: 'NotBooked', orderId, status: shipment.status });
    case 'booking':
      return carrierReference === undefined
        ? reject({ type: 'NotBooked', orderId, status: shipment.status })
        : accept<ShipmentEvent>(
            { type: 'ShipmentBooked', orderId, carrierReference, bookedAt: now },
            { type: 'ShipmentDispatched', orderId, dispatchedAt: now },
          );
    case 'cancelled':
    case 'refused':
      return reject({ type: 'ShipmentClosed', orderId, status: shipment.status });
    case 'booked':
    case 'dispatched':
    case 'delivered':
      if (carrierReference !== undefined && carrierReference !== shipment.carrierReference)
        return reject({ type: 'NotOurBooking', orderId, carrierReference });
      return shipment.status === 'booked'
        ? accept({ type: 'ShipmentDispatched', orderId, dispatchedAt: now })
        : accept();
  }
};

const deliver = (
  { orderId, carrierReference, now }: Of<ShipmentCommand, 'DeliverShipment'>,
  shipment: Shipment,
): ShipmentDecision => {
  const isOurs = !('carrierReference' in shipment) || shipment.carrierReference === carrierReference;
  if (carrierReference !== undefined && !isOurs) return reject({ type: 'NotOurBooking', orderId, carrierReference });
  if (shipment.status === 'dispatched') return accept({ type: 'ShipmentDelivered', orderId, deliveredAt: now });
  if (shipment.status === 'delivered') return accept();
  if (shipment.status === 'absent') return reject({ type: 'OrderNotHeardOfYet', orderId });
  return reject({ type: 'NotDispatched', orderId, status: shipment.status });
};

const decide = (command: ShipmentCommand, shipment: Shipment): ShipmentDecision => {
  switch (command.type) {
    case 'NoteOrder':
      return noteOrder(command, shipment);
    case 'NotePaymentAuthorized':
      return notePaymentAuthorized(command, shipment);
    case 'CancelShipment':
      return cancel(command, shipment);
    case 'DispatchShipment':
      return dispatch(command, shipment);
    case 'DeliverShipment':
      return deliver(command, shipment);
    case 'RetryCall':
      return retryCall(command, shipment);
    case 'ResolveCall':
      return resolveCall(command, shipment);
    case 'ReportCarrierOutcome':
      return reportOutcome(command, shipment);
    default:
      return unreachable(command);
  }
};

export const shipment: Decider<ShipmentCommand, ShipmentEvent, Shipment, ShipmentRejection> = {
  initial: absentShipment,
  decide,
  evolve,
};
