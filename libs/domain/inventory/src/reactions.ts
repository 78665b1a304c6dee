import {
  orderSubmitted,
  paymentDeclined,
  paymentRefunded,
  paymentVoided,
  shipmentDispatched,
  type Reactions,
} from '@murmuration/contracts';
import type { Instant } from '@murmuration/kernel';
import { STOCK_HOLD_MS, type InventoryCommand, type InventoryRejection } from './inventory.messages';

const release = ({ orderId }: { readonly orderId: string }, { now }: { readonly now: Instant }): InventoryCommand[] => [
  { type: 'ReleaseStock', orderId, now },
];

/** What inventory does on hearing the others, when it holds stock for so long. */
export const inventoryReactionsHolding = (
  holdMs: number,
): Reactions<'inventory', InventoryCommand, InventoryRejection> => ({
  'reserve-stock': {
    on: {
      [orderSubmitted.name]: ({ orderId, lines }, { now }) => [
        {
          type: 'ReserveStock',
          orderId,
          lines: lines.map(({ sku, quantity }) => ({ sku, quantity })),
          holdMs,
          now,
        },
      ],
    },
    stale: ['ReservationClosed'],
  },
  'release-stock': {
    on: {
      [paymentDeclined.name]: release,
      [paymentVoided.name]: release,
      // A return gives back money for goods that are gone: there is no hold to release.
      [paymentRefunded.name]: (refund, context) => (refund.cause === 'undo' ? release(refund, context) : []),
    },
    stale: [],
  },
  'commit-stock': {
    on: { [shipmentDispatched.name]: ({ orderId }, { now }) => [{ type: 'CommitStock', orderId, now }] },
    stale: [],
  },
});

/** What inventory does on hearing the others. */
export const inventoryReactions = inventoryReactionsHolding(STOCK_HOLD_MS);
