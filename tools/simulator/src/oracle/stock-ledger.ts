import type { StockEvent, StockLevel } from '@murmuration/domain-inventory';
import type { Finding } from './findings';

/** Counts the stock of each SKU anew from what happened, and never from what inventory says that the level is. */
export type StockLedger = {
  readonly record: (event: StockEvent) => readonly Finding[];
  /** The SKUs of which the order holds something. */
  readonly heldFor: (orderId: string) => readonly string[];
  /** The units that left for the order, by SKU. */
  readonly takenFor: (orderId: string) => ReadonlyMap<string, number>;
  readonly levels: () => ReadonlyMap<string, StockLevel>;
};

type Count = {
  received: number;
  adjusted: number;
  committed: number;
  readonly holds: Map<string, number>;
  readonly taken: Map<string, number>;
};

export const stockLedger = (): StockLedger => {
  const counts = new Map<string, Count>();

  const countOf = (sku: string): Count => {
    let count = counts.get(sku);
    if (count === undefined) {
      count = { received: 0, adjusted: 0, committed: 0, holds: new Map(), taken: new Map() };
      counts.set(sku, count);
    }
    return count;
  };

  const apply = (count: Count, event: StockEvent): string | undefined => {
    switch (event.type) {
      case 'StockReceived':
        count.received += event.quantity;
        return undefined;
      case 'StockAdjusted':
        count.adjusted += event.delta;
        return undefined;
      case 'StockHeld':
        if (count.holds.has(event.orderId)) return `held twice for ${event.orderId}`;
        count.holds.set(event.orderId, event.quantity);
        return undefined;
      case 'StockHoldReleased':
      case 'StockHoldCommitted':
        if (count.holds.get(event.orderId) !== event.quantity)
          return `${event.type} of ${event.quantity} for ${event.orderId}, which holds ${count.holds.get(event.orderId) ?? 0}`;
        count.holds.delete(event.orderId);
        if (event.type === 'StockHoldReleased') return undefined;
        count.committed += event.quantity;
        count.taken.set(event.orderId, (count.taken.get(event.orderId) ?? 0) + event.quantity);
        return undefined;
    }
  };

  const levelOf = ({ received, adjusted, committed, holds }: Count): StockLevel => {
    const held = [...holds.values()].reduce((sum, quantity) => sum + quantity, 0);
    return { received, adjusted, held, committed, available: received + adjusted - held - committed };
  };

  return {
    heldFor: (orderId) => [...counts].flatMap(([sku, { holds }]) => (holds.has(orderId) ? [sku] : [])),
    takenFor: (orderId) =>
      new Map(
        [...counts].flatMap(([sku, { taken }]) => {
          const quantity = taken.get(orderId);
          return quantity === undefined ? [] : [[sku, quantity] as const];
        }),
      ),
    levels: () => new Map([...counts].map(([sku, count]) => [sku, levelOf(count)])),
    record: (event) => {
      const count = countOf(event.sku);
      const wrong = apply(count, event);
      const level = levelOf(count);
      const isNegative = Object.entries(level).some(([name, value]) => name !== 'adjusted' && value < 0);
      const differs = (Object.keys(level) as (keyof StockLevel)[]).some((name) => level[name] !== event.level[name]);
      const findings = [
        wrong,
        isNegative ? `below zero: ${JSON.stringify(level)}` : undefined,
        differs ? `said ${JSON.stringify(event.level)}, but it is ${JSON.stringify(level)}` : undefined,
      ];
      return findings
        .filter((finding) => finding !== undefined)
        .map((finding) => ({ invariant: 'I2', finding, subject: event.sku }));
    },
  };
};
