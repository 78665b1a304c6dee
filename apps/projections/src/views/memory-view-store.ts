import { noRows, type OrderRow, type StockRow } from '@murmuration/domain-projections';
import type { OrderFilter, ViewStore } from './view-store.port';

const byText = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

const newestFirst = (left: OrderRow, right: OrderRow): number =>
  byText(right.submittedAt ?? '', left.submittedAt ?? '') || byText(right.orderId, left.orderId);

const longestFirst = (left: OrderRow, right: OrderRow): number =>
  byText(left.waitingSince ?? '', right.waitingSince ?? '') || byText(left.orderId, right.orderId);

const isSubmitted = ({ submittedAt }: OrderRow): boolean => submittedAt !== undefined;

const contains = (text: string, ...places: readonly (string | undefined)[]): boolean =>
  places.some((place) => place?.toLowerCase().includes(text.toLowerCase()) ?? false);

const isBefore = ({ submittedAt, orderId }: OrderRow, before: NonNullable<OrderFilter['before']>): boolean =>
  (byText(submittedAt ?? '', before.submittedAt) || byText(orderId, before.orderId)) < 0;

const fits =
  ({ customerId, status, text, ids, before }: OrderFilter) =>
  (row: OrderRow): boolean =>
    isSubmitted(row) &&
    (customerId === undefined || row.customerId === customerId) &&
    (status === undefined || row.status === status) &&
    (text === undefined || contains(text, row.orderId, row.customerId, row.reason)) &&
    (ids === undefined || ids.includes(row.orderId)) &&
    (before === undefined || isBefore(row, before));

/** The views in this process. */
export const memoryViewStore = (): ViewStore => {
  const { orders, stock, customers } = noRows();
  const tables = { orders, stock, customers };
  const checkpoints = new Map<number, { readonly epoch: number; readonly position: number }>();

  const pick = <Row>(rows: ReadonlyMap<string, Row>, keys: ReadonlySet<string>): Map<string, Row> =>
    new Map([...rows].filter(([key]) => keys.has(key)));
  const page = <Row>(rows: ReadonlyMap<string, Row>, after: string, limit: number) =>
    [...rows]
      .filter(([key]) => key > after)
      .sort(([left], [right]) => byText(left, right))
      .slice(0, limit);

  return {
    position: async (logPartition) => checkpoints.get(logPartition)?.position ?? 0,
    load: async (keys) => ({
      orders: pick(orders, keys.orders),
      stock: pick(stock, keys.stock),
      customers: pick(customers, keys.customers),
    }),
    save: async (rows, { logPartition, epoch, from, position }) => {
      const found = checkpoints.get(logPartition) ?? { epoch, position: 0 };
      if (found.position !== from || found.epoch > epoch) return 'fenced';
      checkpoints.set(logPartition, { epoch, position });
      for (const [key, row] of rows.orders) orders.set(key, row);
      for (const [key, row] of rows.stock) stock.set(key, row);
      for (const [key, row] of rows.customers) customers.set(key, row);
      return 'saved';
    },
    findOrder: async (orderId) => orders.get(orderId),
    listOrders: async (filter) => [...orders.values()].filter(fits(filter)).sort(newestFirst).slice(0, filter.limit),
    listWaiting: async (since, limit) =>
      [...orders.values()]
        .filter(({ waitingSince }) => waitingSince !== undefined && waitingSince < since)
        .sort(longestFirst)
        .slice(0, limit),
    countOrders: async () => {
      const counts: Record<string, number> = {};
      for (const { status } of [...orders.values()].filter(isSubmitted)) counts[status] = (counts[status] ?? 0) + 1;
      return counts;
    },
    findStock: async (sku) => stock.get(sku),
    listStock: async (afterSku, limit) => page<StockRow>(stock, afterSku, limit).map(([, row]) => row),
    findCustomer: async (customerId) => customers.get(customerId),
    scan: async (view, after, limit) =>
      page<unknown>(tables[view], after, limit).map(([key, row]) => ({ key, view: row })),
  };
};
