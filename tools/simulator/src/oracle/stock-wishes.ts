import type { InventoryCommand, StockEvent } from '@murmuration/domain-inventory';
import type { StoredEvent } from '@murmuration/event-store';
import type { Of } from '@murmuration/kernel';
import type { World } from '../world/world';
import type { Find } from './findings';

export type StockWishes = {
  readonly stored: (event: StockEvent, stored: StoredEvent) => void;
  /** Compares all that people were answered to what was counted for it. */
  readonly judge: () => void;
};

type Counted = Of<InventoryCommand, 'ReceiveStock' | 'AdjustStock'>;
type Wish = { readonly what: string; readonly sku: string; outcome: 'accepted' | 'rejected' | 'unknown' };

const byOf = (command: Counted): number => (command.type === 'ReceiveStock' ? command.quantity : command.delta);

/** Watches that whatever people count into the stock or out of it is counted once, as they said, and not at all once refused. */
export const watchStockWishes = ({ gateway, serviceOf }: World, find: Find): StockWishes => {
  const wishes = new Map<string, Wish>();
  /** What was counted, by the command that brought it about. */
  const counted = new Map<string, readonly string[]>();

  gateway.onAsked((service, asked, { commandId }, answer) => {
    if (service !== 'inventory' || (asked.type !== 'ReceiveStock' && asked.type !== 'AdjustStock')) return;
    const command = asked as Counted; // because its type was just compared
    const wish: Wish = { what: `${command.type} ${byOf(command)}`, sku: command.sku, outcome: 'unknown' };
    wishes.set(commandId, wish);
    void answer.then((given) => {
      if (given !== 'no-answer') wish.outcome = given.outcome === 'rejected' ? 'rejected' : 'accepted';
    });
  });
  serviceOf('inventory').database.watch({
    failedOver: () => {
      for (const wish of wishes.values()) wish.outcome = 'unknown';
    },
  });

  return {
    stored: (event, { metadata: { causationId } }) => {
      if (event.type !== 'StockReceived' && event.type !== 'StockAdjusted') return;
      const what = event.type === 'StockReceived' ? `ReceiveStock ${event.quantity}` : `AdjustStock ${event.delta}`;
      const before = counted.get(causationId) ?? [];
      if (before.length > 0) find('I2', event.sku, `${what} is counted once more for one wish`);
      counted.set(causationId, [...before, what]);
    },
    judge: () => {
      for (const [commandId, { what, sku, outcome }] of wishes) {
        const [made] = counted.get(commandId) ?? [];
        if (made === undefined && outcome === 'accepted') find('I2', sku, `${what} was accepted and never counted`);
        if (made !== undefined && outcome === 'rejected') find('I2', sku, `${what} was refused and is counted`);
        if (made !== undefined && made !== what) find('I2', sku, `${what} was asked for, and ${made} is counted`);
      }
    },
  };
};
