import type { CustomerRow, OrderRow, RowKeys, StockRow, ViewName, ViewRows } from '@murmuration/domain-projections';

/** How far the views have come in one log partition of the archive, under which lease. */
export type ViewCheckpoint = {
  readonly logPartition: number;
  readonly epoch: number;
  /** Where the rows that are replaced were at. */
  readonly from: number;
  readonly position: number;
};

export type OrderFilter = {
  readonly customerId?: string;
  readonly status?: string;
  readonly text?: string;
  readonly ids?: readonly string[];
  readonly before?: { readonly submittedAt: string; readonly orderId: string };
  readonly limit: number;
};

export type ViewStore = {
  position(logPartition: number): Promise<number>;
  load(keys: RowKeys): Promise<ViewRows>;
  /** The rows and the checkpoint in one statement; `fenced` when another has moved the checkpoint since. */
  save(rows: ViewRows, checkpoint: ViewCheckpoint): Promise<'saved' | 'fenced'>;
  findOrder(orderId: string): Promise<OrderRow | undefined>;
  /** Newest first. An order is listed once it was submitted. */
  listOrders(filter: OrderFilter): Promise<readonly OrderRow[]>;
  /** Orders that have waited for somebody since before `since`, an instant; longest first. */
  listWaiting(since: string, limit: number): Promise<readonly OrderRow[]>;
  countOrders(): Promise<Readonly<Record<string, number>>>;
  findStock(sku: string): Promise<StockRow | undefined>;
  listStock(afterSku: string, limit: number): Promise<readonly StockRow[]>;
  findCustomer(customerId: string): Promise<CustomerRow | undefined>;
  /** Every row with a key above `after`, in the order of keys. */
  scan(
    view: ViewName,
    after: string,
    limit: number,
  ): Promise<readonly { readonly key: string; readonly view: unknown }[]>;
};
