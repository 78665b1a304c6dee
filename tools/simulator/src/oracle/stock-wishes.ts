import type { InventoryCommand, StockEvent } from '@murmuration/domain-inventory';
import type { WishRules } from './wishes-watch';

/** What people count into the stock and out of it. */
export const STOCK_WISHES: WishRules = {
  service: 'inventory',
  invariant: 'I2',
  wished: (asked) => {
    const command = asked as InventoryCommand; // because inventory is asked
    if (command.type === 'ReceiveStock') return { subject: command.sku, what: `receiving ${command.quantity}` };
    return command.type === 'AdjustStock' ? { subject: command.sku, what: `counting ${command.delta}` } : undefined;
  },
  done: (stored) => {
    const event = stored as StockEvent; // because inventory stored it
    if (event.type === 'StockReceived') return { subject: event.sku, what: `receiving ${event.quantity}` };
    return event.type === 'StockAdjusted' ? { subject: event.sku, what: `counting ${event.delta}` } : undefined;
  },
};
