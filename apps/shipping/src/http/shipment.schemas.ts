import { instant, orderId } from '@murmuration/contracts';
import type { Shipment } from '@murmuration/domain-shipping';
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
});

export const shipmentView: View<Shipment> = (shipment, { id, version }): z.infer<typeof shownShipment> => {
  assert(shipment.status !== 'absent', 'a shipment that was written');
  return {
    orderId: id,
    version,
    status: shipment.status,
    bookings: 'carrierReference' in shipment ? 1 : 0,
    ...('carrierReference' in shipment ? { carrierReference: shipment.carrierReference } : {}),
    ...('dispatchedAt' in shipment ? { dispatchedAt: shipment.dispatchedAt } : {}),
    ...('reason' in shipment ? { reason: shipment.reason } : {}),
  };
};
