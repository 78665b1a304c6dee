import {
  say,
  shipmentAttentionHandled,
  shipmentBooked,
  shipmentCancelled,
  shipmentCancelRefused,
  shipmentDelivered,
  shipmentDispatched,
  shipmentNeedsAttention,
  shipmentRefused,
  type IntegrationEvent,
} from '@murmuration/contracts';
import { attemptOf, unreachable } from '@murmuration/kernel';
import { effectKey, type CarrierEffect, type ShipmentEvent } from './shipment.messages';

/** What the others are told of an event of ours: outcomes, never intents. */
export const announce = (event: ShipmentEvent): IntegrationEvent | undefined => {
  const { orderId } = event;
  switch (event.type) {
    case 'ShipmentBooked':
      return say(shipmentBooked, { orderId, carrierReference: event.carrierReference, bookedAt: event.bookedAt });
    case 'ShipmentRefused':
      return say(shipmentRefused, { orderId, reason: event.reason, refusedAt: event.refusedAt });
    case 'ShipmentCancelled':
      return say(shipmentCancelled, { orderId, held: event.held, cancelledAt: event.cancelledAt });
    case 'ShipmentCancelRefused':
      return say(shipmentCancelRefused, { orderId, reason: event.reason, refusedAt: event.refusedAt });
    case 'ShipmentDispatched':
      return say(shipmentDispatched, { orderId, dispatchedAt: event.dispatchedAt });
    case 'ShipmentDelivered':
      return say(shipmentDelivered, { orderId, deliveredAt: event.deliveredAt });
    case 'ShipmentNeedsAttention':
      return say(shipmentNeedsAttention, {
        ...{ orderId, reason: event.reason, since: event.since, call: callOf(event) },
        ...(event.attention === undefined ? {} : { attention: event.attention }),
      });
    case 'ShipmentRetryRequested': {
      const { actor, reason, requestedAt: handledAt } = event;
      const attentions = [...event.attentions];
      return say(shipmentAttentionHandled, {
        ...{ orderId, call: callOf(event), action: 'retried', attentions, actor, reason, handledAt },
      });
    }
    case 'ShipmentAttentionResolved': {
      const { outcome, actor, reason, resolvedAt: handledAt } = event;
      const attentions = [...event.attentions];
      return say(shipmentAttentionHandled, {
        ...{ orderId, call: callOf(event), action: 'resolved', outcome, attentions, actor, reason, handledAt },
      });
    }
    case 'BookingCleared':
      // Between us and the carrier, unless a person was called for it.
      return event.attentions === undefined
        ? undefined
        : say(shipmentAttentionHandled, {
            ...{ orderId, call: callOf(event), action: 'answered', attentions: [...event.attentions] },
            ...{ actor: 'carrier', reason: 'no booking is left', handledAt: event.clearedAt },
          });
    case 'OrderNoted':
    case 'PaymentAuthorizationNoted':
    case 'BookingRequested':
    case 'BookingCancellationRequested':
      return undefined;
    default:
      return unreachable(event);
  }
};

const callOf = ({ orderId, key }: { readonly orderId: string; readonly key: string }): CarrierEffect['type'] =>
  attemptOf(key).plainKey === effectKey.book(orderId) ? 'book' : 'cancel';
