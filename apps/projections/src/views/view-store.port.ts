import type { CustomerRow, OrderRow, StockRow, ViewRows } from '@murmuration/domain-projections';
import type { ScannedProjectionStore } from '@murmuration/effects';

export type OrderFilter = {
  readonly customerId?: string;
  readonly status?: string;
  readonly text?: string;
  readonly ids?: readonly string[];
  /** Whether anything about the order needs a person, whatever its status is. */
  readonly needsAttention?: boolean;
  /** The last of the page before; an order that was not submitted yet has an empty `submittedAt`. */
  readonly before?: { readonly submittedAt: string; readonly orderId: string };
  readonly limit: number;
};

export type WaitingFilter = {
  /** Only orders that have waited since before this instant. */
  readonly since: string;
  /** The last of the page before. */
  readonly after?: { readonly waitingSince: string; readonly orderId: string };
  readonly limit: number;
};

/** The rows of all views, and the questions that are asked of them. */
export type ViewStore = ScannedProjectionStore<ViewRows> & {
  findOrder(orderId: string): Promise<OrderRow | undefined>;
  /** Newest first. An order is listed once it was submitted, or, in a list of those that need a person, as soon as it does. */
  listOrders(filter: OrderFilter): Promise<readonly OrderRow[]>;
  /** Orders that wait for somebody; longest first. */
  listWaiting(filter: WaitingFilter): Promise<readonly OrderRow[]>;
  countOrders(): Promise<Readonly<Record<string, number>>>;
  findStock(sku: string): Promise<StockRow | undefined>;
  listStock(afterSku: string, limit: number): Promise<readonly StockRow[]>;
  findCustomer(customerId: string): Promise<CustomerRow | undefined>;
};
