import {
  say,
  stockAttentionHandled,
  stockCommitted,
  stockHoldExpired,
  stockLevelChanged,
  stockNeedsAttention,
  stockRefused,
  stockReleased,
  stockReserved,
  type IntegrationEvent,
} from '@murmuration/contracts';
import { unreachable } from '@murmuration/kernel';
import type { InventoryEvent } from './inventory.messages';

/** What the others are told of an event of ours. Records keyed by SKU come from its ledger, those keyed by order from its reservation. */
export const announce = (event: InventoryEvent): IntegrationEvent | undefined => {
  if ('level' in event) {
    const { sku, level, version, changedAt } = event;
    return say(stockLevelChanged, { sku, ...level, ...(version === undefined ? {} : { version }), changedAt });
  }
  const { orderId } = event;
  switch (event.type) {
    case 'StockReserved': {
      const { lines, reservedAt, heldUntil } = event;
      return say(stockReserved, { orderId, lines: [...lines], reservedAt, heldUntil });
    }
    case 'ReservationRefused':
      return say(stockRefused, { orderId, lines: [...event.lines], refusedAt: event.refusedAt });
    case 'ReservationReleased':
      return say(stockReleased, { orderId, held: event.held, releasedAt: event.releasedAt });
    case 'StockCommitted':
      return say(stockCommitted, { orderId, lines: [...event.lines], committedAt: event.committedAt });
    case 'StockHoldExpired':
      return say(stockHoldExpired, { orderId, expiredAt: event.expiredAt });
    case 'StockNeedsAttention':
      return say(stockNeedsAttention, {
        ...{ orderId, reason: event.reason, since: event.since },
        ...(event.attention === undefined ? {} : { attention: event.attention }),
      });
    case 'StockCommitRetried':
    case 'StockAttentionResolved': {
      const { actor, reason, handledAt } = event;
      const action = event.type === 'StockCommitRetried' ? 'retried' : 'resolved';
      return say(stockAttentionHandled, {
        orderId,
        action,
        attentions: [...event.attentions],
        actor,
        reason,
        handledAt,
      });
    }
    default:
      return unreachable(event);
  }
};
