import { actor, instant, orderId, reason, settledByHand } from '@murmuration/contracts';
import { callOf, type Shipment } from '@murmuration/domain-shipping';
import { assert } from '@murmuration/kernel';
import type { View } from '@murmuration/platform';
import { z } from 'zod';

export { orderId } from '@murmuration/contracts';

const REFERENCE_CHARS_MAX = 80;
const NOTICES_MAX = 200;

/** What the carrier did with a parcel. */
export const carrierNotice = z.strictObject({
  /** The carrier's own id of this notice: the same notice twice is one. */
  eventId: z.string().min(1).max(REFERENCE_CHARS_MAX),
  orderId,
  carrierReference: z.string().min(1).max(REFERENCE_CHARS_MAX),
  event: z.enum(['handed-over', 'delivered']),
  /** By the carrier's clock. */
  occurredAt: instant,
});
export const carrierNotices = z.array(carrierNotice).min(1).max(NOTICES_MAX);
export type CarrierNotice = z.infer<typeof carrierNotice>;

/** Makes a call once more that the carrier refused or never answered. */
export const callRetry = z.strictObject({ actor, reason });
export type CallRetry = z.infer<typeof callRetry>;

/** What became of such a call, as it was found or settled with the carrier by hand. */
export const callResolution = z.strictObject({
  actor,
  reason,
  outcome: settledByHand,
  /** Needed for a booking that is done. */
  carrierReference: z.string().min(1).max(REFERENCE_CHARS_MAX).optional(),
});
export type CallResolution = z.infer<typeof callResolution>;

/** What each notice would be answered with by itself. A hand-over that is refused (409) means that the carrier keeps the parcel. */
export const shownResults = z.object({
  results: z.array(z.object({ eventId: z.string(), status: z.int(), reason: z.string().optional() })).readonly(),
});
export type NoticeResults = z.infer<typeof shownResults>;
export type NoticeResult = NoticeResults['results'][number];

export const shownShipment = z.object({
  orderId,
  version: z.int(),
  status: z.string(),
  /** Bookings that stand with the carrier. */
  bookings: z.int(),
  carrierReference: z.string().optional(),
  dispatchedAt: instant.optional(),
  reason: z.string().optional(),
  /** The last instant before which the parcel may leave; absent when it is paid for already. */
  authorizedUntil: instant.optional(),
  /** The call that needs a person, with what was said of it. */
  attention: z
    .object({
      key: z.string(),
      call: z.enum(['book', 'cancel']),
      answer: z.enum(['gave-up', 'refused']),
      reasons: z.array(z.object({ attention: z.int(), reason, since: instant })).readonly(),
    })
    .optional(),
});

const attentionOf = (orderId: string, shipment: Shipment) => {
  const { key, effect, call } = callOf(orderId, shipment) ?? {};
  if (key === undefined || call === undefined || effect === undefined || call.answer === 'awaited') return {};
  return { attention: { key, call: effect.type, answer: call.answer, reasons: call.raised } };
};

export const shipmentView: View<Shipment> = (shipment, { id, version }): z.infer<typeof shownShipment> => {
  assert(shipment.status !== 'absent', 'a shipment that was written');
  // What is left at the carrier of a cancelled shipment is being taken back.
  const stands = shipment.status !== 'cancelled' && 'carrierReference' in shipment;
  const carrierReference = stands ? shipment.carrierReference : undefined;
  return {
    orderId: id,
    version,
    status: shipment.status,
    bookings: carrierReference === undefined ? 0 : 1,
    ...(carrierReference === undefined ? {} : { carrierReference }),
    ...('dispatchedAt' in shipment ? { dispatchedAt: shipment.dispatchedAt } : {}),
    ...('reason' in shipment ? { reason: shipment.reason } : {}),
    ...('authorizedUntil' in shipment ? { authorizedUntil: shipment.authorizedUntil } : {}),
    ...attentionOf(id, shipment),
  };
};
