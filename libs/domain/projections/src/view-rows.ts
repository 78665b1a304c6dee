import type { Heard } from '@murmuration/contracts';
import { customerIdOf, customerViewFold, type CustomerRow } from './customer-view';
import { orderIdOf } from './heard-order';
import { orderViewFold, type OrderRow } from './order-view';
import { stockViewFold, type StockRow } from './stock-view';

/** The rows of all views by their keys, as far as they are at hand. */
export type ViewRows = {
  readonly orders: Map<string, OrderRow>;
  readonly stock: Map<string, StockRow>;
  readonly customers: Map<string, CustomerRow>;
};

export type ViewName = keyof ViewRows;

/** The keys of the rows that a number of events are about. */
export type RowKeys = { readonly [View in ViewName]: ReadonlySet<string> };

export const noRows = (): ViewRows => ({ orders: new Map(), stock: new Map(), customers: new Map() });

const isStockLevel = ({ name }: Heard): boolean => name === 'inventory.stock-level-changed.v1';

export const keysOf = (events: readonly Heard[]): RowKeys => ({
  orders: new Set(events.flatMap((heard) => orderIdOf(heard) ?? [])),
  stock: new Set(events.flatMap((heard) => (isStockLevel(heard) ? heard.subject : []))),
  customers: new Set(events.flatMap((heard) => customerIdOf(heard) ?? [])),
});

const foldInto = <Row>(
  rows: Map<string, Row>,
  changed: Map<string, Row>,
  key: string | undefined,
  evolve: (row: Row | undefined) => Row | undefined,
): void => {
  if (key === undefined) return;
  const before = rows.get(key);
  const after = evolve(before);
  if (after === undefined || after === before) return;
  rows.set(key, after);
  changed.set(key, after);
};

/** Folds events into rows, in their order, and answers the rows that changed. */
export const foldEvents = (rows: ViewRows, events: readonly Heard[]): ViewRows => {
  const changed = noRows();
  for (const heard of events) {
    foldInto(rows.orders, changed.orders, orderIdOf(heard), (row) => orderViewFold.evolve(row, heard));
    foldInto(rows.stock, changed.stock, isStockLevel(heard) ? heard.subject : undefined, (row) =>
      stockViewFold.evolve(row, heard),
    );
    foldInto(rows.customers, changed.customers, customerIdOf(heard), (row) => customerViewFold.evolve(row, heard));
  }
  return changed;
};
