import type { Heard } from '@murmuration/contracts';
import { orderIdOf, orderViewFold, stockViewFold, type OrderRow, type StockRow } from '@murmuration/domain-projections';

/** The rows of all views by their keys, as far as they are at hand. */
export type ViewRows = { readonly orders: Map<string, OrderRow>; readonly stock: Map<string, StockRow> };

/** The keys of the rows that a number of events are about. */
export type RowKeys = { readonly orders: ReadonlySet<string>; readonly stock: ReadonlySet<string> };

export const noRows = (): ViewRows => ({ orders: new Map(), stock: new Map() });

const isStockLevel = ({ name }: Heard): boolean => name === 'inventory.stock-level-changed.v1';

export const keysOf = (events: readonly Heard[]): RowKeys => ({
  orders: new Set(events.flatMap((heard) => orderIdOf(heard) ?? [])),
  stock: new Set(events.flatMap((heard) => (isStockLevel(heard) ? heard.subject : []))),
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
  }
  return changed;
};
