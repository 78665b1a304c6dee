import { noRows, type OrderRow } from '@murmuration/domain-projections';
import { memoryProjectionStore } from '@murmuration/effects';
import type { OrderFilter, ViewStore } from './view-store.port';

const byText = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

const newestFirst = (left: OrderRow, right: OrderRow): number =>
  byText(right.submittedAt ?? '', left.submittedAt ?? '') || byText(right.orderId, left.orderId);

type Waiting = { readonly waitingSince?: string; readonly orderId: string };

const longestFirst = (left: Waiting, right: Waiting): number =>
  byText(left.waitingSince ?? '', right.waitingSince ?? '') || byText(left.orderId, right.orderId);

const isSubmitted = ({ submittedAt }: OrderRow): boolean => submittedAt !== undefined;

const contains = (text: string, ...places: readonly (string | undefined)[]): boolean =>
  places.some((place) => place?.toLowerCase().includes(text.toLowerCase()) ?? false);

const isBefore = ({ submittedAt, orderId }: OrderRow, before: NonNullable<OrderFilter['before']>): boolean =>
  (byText(submittedAt ?? '', before.submittedAt) || byText(orderId, before.orderId)) < 0;

const fits =
  ({ customerId, status, text, ids, needsAttention, before }: OrderFilter) =>
  (row: OrderRow): boolean =>
    (needsAttention === true || isSubmitted(row)) &&
    (needsAttention === undefined || needsAttention === (row.attention !== undefined)) &&
    (customerId === undefined || row.customerId === customerId) &&
    (status === undefined || row.status === status) &&
    (text === undefined || contains(text, row.orderId, row.customerId, row.reason)) &&
    (ids === undefined || ids.includes(row.orderId)) &&
    (before === undefined || isBefore(row, before));

/** The views in this process. */
export const memoryViewStore = (): ViewStore => {
  const { tables, ...rows } = memoryProjectionStore(noRows);
  const { orders, stock, customers } = tables;
  return {
    ...rows,
    findOrder: async (orderId) => orders.get(orderId),
    listOrders: async (filter) => [...orders.values()].filter(fits(filter)).sort(newestFirst).slice(0, filter.limit),
    listWaiting: async ({ since, after, limit }) =>
      [...orders.values()]
        .filter(({ waitingSince }) => waitingSince !== undefined && waitingSince < since)
        .filter((row) => after === undefined || longestFirst(row, after) > 0)
        .sort(longestFirst)
        .slice(0, limit),
    countOrders: async () => {
      const counts: Record<string, number> = {};
      for (const { status } of [...orders.values()].filter(isSubmitted)) counts[status] = (counts[status] ?? 0) + 1;
      return counts;
    },
    findStock: async (sku) => stock.get(sku),
    listStock: async (afterSku, limit) =>
      [...stock.values()]
        .filter(({ sku }) => sku > afterSku)
        .sort((left, right) => byText(left.sku, right.sku))
        .slice(0, limit),
    findCustomer: async (customerId) => customers.get(customerId),
  };
};
