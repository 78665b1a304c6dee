import { reasonOf } from '@murmuration/contracts';
import {
  accept,
  attemptOf,
  isAhead,
  numbersOf,
  reject,
  type Decision,
  type Of,
  type SettledEffect,
} from '@murmuration/kernel';
import {
  effectKey,
  type CarrierReceipt,
  type ShipmentCommand,
  type ShipmentEvent,
  type ShipmentRejection,
} from './shipment.messages';
import type { Call, Shipment } from './shipment.state';

type Report = Of<ShipmentCommand, 'ReportCarrierOutcome'>;
type ShipmentDecision = Decision<ShipmentEvent, ShipmentRejection>;
type Outcome = SettledEffect<CarrierReceipt>;

/**
 * Hears what the carrier answered to a call. The effect runner and the carrier's webhook may both report one answer, in
 * either order and repeatedly: reports are merged by key, and the first that says yes or no counts.
 */
export const reportOutcome = (report: Report, shipment: Shipment): ShipmentDecision => {
  switch (attemptOf(report.key).plainKey) {
    case effectKey.book(report.orderId):
      return onBooking(report, shipment);
    case effectKey.cancel(report.orderId):
      return onCancellation(report, shipment);
    default:
      return reject({ type: 'NoSuchRequest', key: report.key });
  }
};

const onBooking = (report: Report, shipment: Shipment): ShipmentDecision => {
  const { orderId, key, outcome, now } = report;
  switch (shipment.status) {
    case 'absent':
    case 'order-noted':
    case 'authorization-noted':
      return reject({ type: 'NoSuchRequest', key });
    case 'booking':
      if (isAhead(key, shipment)) return reject({ type: 'NoSuchRequest', key });
      if (!isNews(report, shipment)) return accept();
      if (outcome.outcome === 'gave-up') return accept(needsAttention(report, shipment, 'booking', outcome));
      return outcome.outcome === 'done'
        ? accept({ type: 'ShipmentBooked', orderId, carrierReference: outcome.result.carrierReference, bookedAt: now })
        : accept({ type: 'ShipmentRefused', orderId, reason: reasonOf(outcome.reason), refusedAt: now });
    case 'cancelled':
      if (shipment.leftover !== 'booking-in-flight' || !isNews(report, shipment)) return accept();
      if (outcome.outcome === 'gave-up') return accept(needsAttention(report, shipment, 'booking', outcome));
      if (outcome.outcome === 'refused') return accept(cleared(report, shipment));
      return accept({
        type: 'BookingCancellationRequested',
        orderId,
        carrierReference: outcome.result.carrierReference,
        requestedAt: now,
      });
    default:
      return accept();
  }
};

const onCancellation = (report: Report, shipment: Shipment): ShipmentDecision => {
  const { key, outcome } = report;
  if (shipment.status !== 'cancelled' || shipment.leftover === 'booking-in-flight')
    return reject({ type: 'NoSuchRequest', key });
  if (shipment.leftover === 'nothing') return accept();
  if (isAhead(key, shipment)) return reject({ type: 'NoSuchRequest', key });
  if (!isNews(report, shipment)) return accept();
  return outcome.outcome === 'done'
    ? accept(cleared(report, shipment))
    : accept(needsAttention(report, shipment, 'cancellation', outcome));
};

/**
 * A yes or no settles a call once; that nobody answered is only said once, and an answer may still come. What is said of an
 * attempt before this one is no news: it was refused.
 */
const isNews = ({ key, outcome: { outcome } }: Report, { answer, attempt }: Call): boolean =>
  attemptOf(key).attempt === attempt && (answer === 'awaited' || (answer === 'gave-up' && outcome !== 'gave-up'));

const cleared = ({ orderId, key, now }: Report, call: Call): ShipmentEvent => ({
  type: 'BookingCleared',
  orderId,
  key,
  clearedAt: now,
  ...(call.raised.length === 0 ? {} : { attentions: numbersOf(call) }),
});

const needsAttention = (
  { orderId, key, now }: Report,
  { attentions }: Shipment,
  call: string,
  { outcome, reason }: Exclude<Outcome, { readonly outcome: 'done' }>,
): ShipmentEvent => ({
  type: 'ShipmentNeedsAttention',
  orderId,
  key,
  outcome,
  reason: reasonOf(
    outcome === 'refused' ? `the carrier refused the ${call}: ${reason}` : `no answer to the ${call}: ${reason}`,
  ),
  since: now,
  attention: attentions + 1,
});
