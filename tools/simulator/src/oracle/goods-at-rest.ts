import type { Find } from './findings';
import { isSameUnits, showUnits, unitsOf } from './lines-watch';
import type { AtRest } from './partners-at-rest';
import type { StockLedger } from './stock-ledger';
import type { Words } from './words';

const CANCEL_ANSWERS = [
  'shipping.shipment-cancelled.v1',
  'shipping.shipment-cancel-refused.v1',
  'shipping.shipment-refused.v1',
] as const;

/** Whatever left the stock left for an order that was fulfilled, and is all of that order. */
export const goodsAtRest = ({ orderId, order, status }: AtRest, stock: StockLedger, find: Find): void => {
  for (const sku of stock.heldFor(orderId)) find('I2', orderId, `is ${status} and holds ${sku} for ever`);
  const isUndone = status === 'cancelled' || status === 'rejected';
  const due = unitsOf(isUndone ? [] : order.lines);
  const taken = stock.takenFor(orderId);
  if (!isSameUnits(due, taken))
    find('I2', orderId, `is ${status}, and ${showUnits(taken)} left for it instead of ${showUnits(due)}`);
};

/** Whoever asks to cancel is told whether that was still possible. */
export const wishesAtRest = ({ orderId, status }: AtRest, words: Words, find: Find): void => {
  const isAsked = words.has(orderId, 'orders.order-cancellation-requested.v1');
  if (isAsked && !words.has(orderId, ...CANCEL_ANSWERS))
    find('I4', orderId, `is ${status}, and nobody has answered the wish to cancel it`);
};
