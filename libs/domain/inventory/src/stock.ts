import { QUANTITY_MAX, type ShortLine, type StockLine } from '@murmuration/contracts';
import { accept, assert, reject, type Decision, type Instant, type Of } from '@murmuration/kernel';
import {
  STOCK_LEVEL_MAX,
  type InventoryCommand,
  type InventoryRejection,
  type StockEvent,
  type StockLevel,
} from './inventory.messages';

/**
 * The ledger of one SKU. The holds by order are its events and, order by order, the reservations; the fold keeps their
 * sums, so that a SKU in great demand is decided on in constant time.
 */
export type StockLedger = StockLevel & {
  readonly kind: 'stock';
  /** How many changes it has seen. */
  readonly version: number;
};

type StockDecision = Decision<StockEvent, InventoryRejection>;

export const emptyLedger: StockLedger = {
  kind: 'stock',
  version: 0,
  received: 0,
  adjusted: 0,
  held: 0,
  committed: 0,
  available: 0,
};

export const evolveLedger = ({ version }: StockLedger, { sku, level }: StockEvent): StockLedger => {
  const { received, adjusted, held, committed, available } = level;
  assert(available === received + adjusted - held - committed, `the level of ${sku} balances`);
  assert(Math.min(received, held, committed, available) >= 0, `the level of ${sku} is nowhere below zero`);
  return { kind: 'stock', version: version + 1, ...level };
};

export const receive = (
  { sku, quantity, now }: Of<InventoryCommand, 'ReceiveStock'>,
  ledger: StockLedger,
): StockDecision => {
  if (!isBetween(1, quantity, QUANTITY_MAX)) return reject({ type: 'QuantityOutOfBounds', min: 1, max: QUANTITY_MAX });
  const level = moved(ledger, { received: quantity });
  if (level.received > STOCK_LEVEL_MAX) return reject({ type: 'StockLevelOutOfBounds', max: STOCK_LEVEL_MAX });
  return accept({ type: 'StockReceived', sku, quantity, level, version: ledger.version + 1, changedAt: now });
};

export const adjust = (
  { sku, delta, reason, now }: Of<InventoryCommand, 'AdjustStock'>,
  ledger: StockLedger,
): StockDecision => {
  if (!isBetween(-QUANTITY_MAX, delta, QUANTITY_MAX))
    return reject({ type: 'QuantityOutOfBounds', min: -QUANTITY_MAX, max: QUANTITY_MAX });
  if (!isKnown(ledger)) return reject({ type: 'SkuUnknown', sku });
  if (delta === 0) return accept();
  const level = moved(ledger, { adjusted: delta });
  if (level.available < 0) return reject({ type: 'AdjustmentExceedsAvailable', sku, available: ledger.available });
  if (level.adjusted > STOCK_LEVEL_MAX) return reject({ type: 'StockLevelOutOfBounds', max: STOCK_LEVEL_MAX });
  return accept({ type: 'StockAdjusted', sku, delta, reason, level, version: ledger.version + 1, changedAt: now });
};

/** What a line lacks, if it cannot be held in full. */
export const shortageOf = ({ sku, quantity }: StockLine, ledger: StockLedger): ShortLine | undefined =>
  quantity <= ledger.available
    ? undefined
    : { sku, requested: quantity, available: ledger.available, known: isKnown(ledger) };

/** A movement between available, held and committed stock on behalf of one order. */
type Movement = (orderId: string, line: StockLine, ledger: StockLedger, now: Instant) => StockEvent;

export const hold: Movement = (orderId, { sku, quantity }, ledger, now) => ({
  type: 'StockHeld',
  sku,
  orderId,
  quantity,
  level: moved(ledger, { held: quantity }),
  version: ledger.version + 1,
  changedAt: now,
});

export const releaseHold: Movement = (orderId, { sku, quantity }, ledger, now) => ({
  type: 'StockHoldReleased',
  sku,
  orderId,
  quantity,
  level: moved(ledger, { held: -quantity }),
  version: ledger.version + 1,
  changedAt: now,
});

export const commitHold: Movement = (orderId, { sku, quantity }, ledger, now) => ({
  type: 'StockHoldCommitted',
  sku,
  orderId,
  quantity,
  level: moved(ledger, { held: -quantity, committed: quantity }),
  version: ledger.version + 1,
  changedAt: now,
});

const isKnown = ({ received }: StockLedger): boolean => received > 0;

const isBetween = (min: number, count: number, max: number): boolean =>
  Number.isSafeInteger(count) && min <= count && count <= max;

const moved = (level: StockLevel, by: Partial<Omit<StockLevel, 'available'>>): StockLevel => {
  const received = level.received + (by.received ?? 0);
  const adjusted = level.adjusted + (by.adjusted ?? 0);
  const held = level.held + (by.held ?? 0);
  const committed = level.committed + (by.committed ?? 0);
  return { received, adjusted, held, committed, available: received + adjusted - held - committed };
};
