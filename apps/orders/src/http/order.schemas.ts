import {
  actor,
  amountMinor,
  currency,
  customerId,
  ORDER_LINES_MAX,
  orderId,
  paymentToken,
  quantity,
  reason,
  shipTo,
  sku,
} from '@murmuration/contracts';
import { RESOLUTIONS, standingOf, type Order } from '@murmuration/domain-orders';
import { assert } from '@murmuration/kernel';
import type { View } from '@murmuration/platform';
import { z } from 'zod';

export { orderId, sku } from '@murmuration/contracts';

export const newLine = z.strictObject({ sku, quantity, unitPriceMinor: amountMinor });

export const newOrder = z.strictObject({
  customerId,
  currency,
  paymentToken,
  shipTo: z.strictObject(shipTo.shape),
  lines: z.array(newLine).max(ORDER_LINES_MAX),
  /** Creates and submits in one call. */
  submit: z.boolean().default(false),
});
export const newQuantity = z.strictObject({ quantity });
export const cancellation = z.strictObject({
  reason: z.enum(['customer-requested', 'operator-requested']).default('customer-requested'),
});

/** Who decides about an order that needs a person, and why. */
export const operatorWord = z.strictObject({ actor, reason });
/** How such an order has ended, when it was settled by hand. */
export const resolution = z.strictObject({ actor, reason, outcome: z.enum(RESOLUTIONS) });

export type OperatorWord = z.infer<typeof operatorWord>;
export type Resolution = z.infer<typeof resolution>;
export type NewLine = z.infer<typeof newLine>;
export type NewOrder = z.infer<typeof newOrder>;
export type NewQuantity = z.infer<typeof newQuantity>;
export type Cancellation = z.infer<typeof cancellation>;

/** An order as the API shows it. A token and an address are only passed on to who needs them. */
export const shownOrder = z.object({
  orderId,
  version: z.int(),
  status: z.string(),
  reason: z.string().optional(),
  detail: z.string().optional(),
  customerId: customerId.optional(),
  currency: currency.optional(),
  lines: z.array(newLine).readonly().optional(),
  totalMinor: amountMinor.optional(),
  submittedAt: z.string().optional(),
  deadlineAt: z.string().optional(),
  cancellationRequested: z.string().optional(),
  /** Who settled it by hand, and why. */
  resolution: z.object({ actor, reason, resolvedAt: z.string() }).optional(),
});

const contentsOf = (order: Order) => {
  switch (order.stage) {
    case 'draft': {
      const { customerId, currency, lines } = order.basket;
      return {
        customerId,
        currency,
        lines,
        totalMinor: lines.reduce((sum, line) => sum + line.quantity * line.unitPriceMinor, 0),
      };
    }
    case 'placed': {
      const { customerId, currency, lines, totalMinor, submittedAt, deadlineAt, cancellation, resolution } = order;
      return {
        ...{ customerId, currency, lines, totalMinor, submittedAt, deadlineAt },
        ...(cancellation === undefined ? {} : { cancellationRequested: cancellation }),
        ...(resolution === undefined ? {} : { resolution }),
      };
    }
    default:
      return {};
  }
};

export const orderView: View<Order> = (order, { id, version }): z.infer<typeof shownOrder> => {
  assert(order.stage !== 'absent', 'an order that was written');
  const { status, reason, detail } = standingOf(order);
  return {
    ...{ orderId: id, version, status },
    ...(reason === undefined ? {} : { reason }),
    ...(detail === undefined ? {} : { detail }),
    ...contentsOf(order),
  };
};
