import type { StockLine } from '@murmuration/contracts';
import { instant, type Decision } from '@murmuration/kernel';
import {
  STOCK_HOLD_MS,
  stockStream,
  reservationStream,
  type InventoryCommand,
  type InventoryEvent,
  type InventoryRejection,
  type StockLevel,
} from './inventory.messages';
import { inventoryModel, type InventoryState } from './model';

export const NOW = instant('2026-03-01T09:30:00.000Z');
export const HELD_UNTIL = instant('2026-03-01T10:30:00.000Z');
export const ORDER = 'o-1';

export const receive = (sku: string, quantity: number): InventoryCommand => ({
  type: 'ReceiveStock',
  sku,
  quantity,
  now: NOW,
});
export const adjust = (sku: string, delta: number): InventoryCommand => ({
  type: 'AdjustStock',
  sku,
  delta,
  reason: 'stocktaking',
  now: NOW,
});
export const reserve = (quantities: Readonly<Record<string, number>>, orderId = ORDER): InventoryCommand => ({
  type: 'ReserveStock',
  orderId,
  lines: Object.entries(quantities).map(([sku, quantity]) => ({ sku, quantity })),
  holdMs: STOCK_HOLD_MS,
  now: NOW,
});
export const release = (orderId = ORDER): InventoryCommand => ({ type: 'ReleaseStock', orderId, now: NOW });
export const commit = (orderId = ORDER): InventoryCommand => ({ type: 'CommitStock', orderId, now: NOW });
export const expire = (now = HELD_UNTIL, orderId = ORDER): InventoryCommand => ({ type: 'ExpireHold', orderId, now });

export const mira = { actor: 'mira', reason: 'counted: the goods are gone' } as const;
export const retryCommit = (lines: readonly StockLine[]): InventoryCommand => ({
  ...{ type: 'RetryCommit', orderId: ORDER, lines, now: NOW, ...mira },
});
export const resolveByHand: InventoryCommand = { type: 'ResolveReservation', orderId: ORDER, now: NOW, ...mira };

/** A level, from what is not zero in it. */
export const level = (counts: Partial<Omit<StockLevel, 'available'>>): StockLevel => {
  const { received, adjusted, held, committed } = { received: 0, adjusted: 0, held: 0, committed: 0, ...counts };
  return { received, adjusted, held, committed, available: received + adjusted - held - committed };
};

/** The service in miniature: commands decided one after another over all its streams. */
export const playInventory = () => {
  const states = new Map<string, InventoryState>();
  const stateOf = (streamId: string): InventoryState => states.get(streamId) ?? inventoryModel.initial(streamId);
  return {
    stock: (sku: string) => stateOf(stockStream(sku)),
    reservation: (orderId = ORDER) => stateOf(reservationStream(orderId)),
    run: (command: InventoryCommand): Decision<InventoryEvent, InventoryRejection> => {
      const decision = inventoryModel.decide(command, stateOf);
      for (const event of decision.accepted ?? []) {
        const streamId = inventoryModel.streamOf(event);
        states.set(streamId, inventoryModel.evolve(stateOf(streamId), event));
      }
      return decision;
    },
  };
};

/** The facts that these commands lead to. */
export const after = (...commands: readonly InventoryCommand[]): readonly InventoryEvent[] => {
  const { run } = playInventory();
  return commands.flatMap((command) => run(command).accepted ?? []);
};
