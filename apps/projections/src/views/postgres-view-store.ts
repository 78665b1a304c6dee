import { type CustomerRow, noRows, type OrderRow, type StockRow } from '@murmuration/domain-projections';
import { eventStoreError } from '@murmuration/event-store';
import type { Pool, QueryConfig } from 'pg';
import type { OrderFilter, ViewStore } from './view-store.port';

/** The view itself is never looked into by the server, which takes no NUL out of JSON: what is asked for has a column. */
const SAVE = {
  name: 'views_save',
  text: `WITH moved AS (
      INSERT INTO views.checkpoints AS c (log_partition, epoch, position) SELECT $1::int, $2::bigint, $4::bigint
      WHERE $3::bigint = coalesce((SELECT position FROM views.checkpoints WHERE log_partition = $1), 0)
      ON CONFLICT (log_partition) DO UPDATE SET epoch = excluded.epoch, position = excluded.position
        WHERE c.epoch <= excluded.epoch AND c.position = $3::bigint
      RETURNING 1
    ), orders AS (
      INSERT INTO views.orders
        (order_id, customer_id, status, submitted_at, waiting_since, reason, needs_attention, view)
      SELECT r.* FROM unnest($5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::bool[],
        $12::json[]) r
      WHERE EXISTS (SELECT FROM moved)
      ON CONFLICT (order_id) DO UPDATE SET customer_id = excluded.customer_id, status = excluded.status,
        submitted_at = excluded.submitted_at, waiting_since = excluded.waiting_since, reason = excluded.reason,
        needs_attention = excluded.needs_attention, view = excluded.view
    ), stock AS (
      INSERT INTO views.stock (sku, view)
      SELECT r.* FROM unnest($13::text[], $14::json[]) r WHERE EXISTS (SELECT FROM moved)
      ON CONFLICT (sku) DO UPDATE SET view = excluded.view
    ), customers AS (
      INSERT INTO views.customers (customer_id, view)
      SELECT r.* FROM unnest($15::text[], $16::json[]) r WHERE EXISTS (SELECT FROM moved)
      ON CONFLICT (customer_id) DO UPDATE SET view = excluded.view
    )
    SELECT count(*)::int AS moved FROM moved`,
};
const LOAD_ORDERS = {
  name: 'views_load_orders',
  text: 'SELECT order_id AS key, view FROM views.orders WHERE order_id = ANY ($1::text[])',
};
const LOAD_STOCK = {
  name: 'views_load_stock',
  text: 'SELECT sku AS key, view FROM views.stock WHERE sku = ANY ($1::text[])',
};
const LOAD_CUSTOMERS = {
  name: 'views_load_customers',
  text: 'SELECT customer_id AS key, view FROM views.customers WHERE customer_id = ANY ($1::text[])',
};
const POSITION = {
  name: 'views_position',
  text: 'SELECT position::float8 FROM views.checkpoints WHERE log_partition = $1',
};
const COUNT = {
  name: 'views_count',
  text: 'SELECT status, count(*)::int FROM views.orders WHERE submitted_at IS NOT NULL GROUP BY status',
};
const WAITING = {
  name: 'views_waiting',
  text: `SELECT view FROM views.orders WHERE waiting_since < $1 AND (waiting_since, order_id) > ($2, $3)
    ORDER BY waiting_since, order_id LIMIT $4`,
};
const BEFORE_ALL = { waitingSince: '', orderId: '' };
const LIST_STOCK = {
  name: 'views_list_stock',
  text: 'SELECT view FROM views.stock WHERE sku > $1 ORDER BY sku LIMIT $2',
};
const SCANS = {
  orders: {
    name: 'views_scan_orders',
    text: 'SELECT order_id AS key, view FROM views.orders WHERE order_id > $1 ORDER BY order_id LIMIT $2',
  },
  stock: {
    name: 'views_scan_stock',
    text: 'SELECT sku AS key, view FROM views.stock WHERE sku > $1 ORDER BY sku LIMIT $2',
  },
  customers: {
    name: 'views_scan_customers',
    text: 'SELECT customer_id AS key, view FROM views.customers WHERE customer_id > $1 ORDER BY customer_id LIMIT $2',
  },
};

type Keyed<Row> = { readonly key: string; readonly view: Row };

/** A server that is cut off without a word answers never: whoever asks must hear of it, so as to ask another time. */
export const STATEMENT_TIMEOUT_MS = 30_000;

const ILIKE_SPECIAL = /[\\%_]/g;

/** The statement for one combination of filters; each combination has a name of its own, so that it is planned once. */
const listStatement = ({ customerId, status, text, ids, needsAttention, before, limit }: OrderFilter) => {
  // Only a list of those that need a person shows what was not heard of by way of orders yet.
  const submittedAt = needsAttention === true ? "coalesce(submitted_at, '')" : 'submitted_at';
  const parts: {
    readonly name: string;
    readonly sql: (place: number) => string;
    readonly values: readonly unknown[];
  }[] = [];
  if (customerId !== undefined)
    parts.push({ name: 'customer', sql: (n) => `customer_id = $${n}`, values: [customerId] });
  if (status !== undefined) parts.push({ name: 'status', sql: (n) => `status = $${n}`, values: [status] });
  if (text !== undefined) {
    const pattern = `%${text.replaceAll(ILIKE_SPECIAL, '\\$&')}%`;
    parts.push({
      name: 'text',
      sql: (n) => `(order_id ILIKE $${n} OR customer_id ILIKE $${n} OR reason ILIKE $${n})`,
      values: [pattern],
    });
  }
  if (ids !== undefined) parts.push({ name: 'ids', sql: (n) => `order_id = ANY ($${n}::text[])`, values: [ids] });
  if (needsAttention === true) parts.push({ name: 'attended', sql: () => 'needs_attention', values: [] });
  else parts.push({ name: 'submitted', sql: () => 'submitted_at IS NOT NULL', values: [] });
  if (needsAttention === false) parts.push({ name: 'calm', sql: () => 'NOT needs_attention', values: [] });
  if (before !== undefined) {
    parts.push({
      name: 'before',
      sql: (n) => `(${submittedAt}, order_id) < ($${n}, $${n + 1})`,
      values: [before.submittedAt, before.orderId],
    });
  }
  const values: unknown[] = [limit];
  const conditions = parts.map((part) => {
    const condition = part.sql(values.length + 1);
    values.push(...part.values);
    return condition;
  });
  return {
    name: `views_list_${parts.map(({ name }) => name).join('_')}`,
    text: `SELECT view FROM views.orders WHERE ${conditions.join(' AND ')}
      ORDER BY ${submittedAt} DESC, order_id DESC LIMIT $1`,
    values,
  };
};

/** The views as tables of this service's database. */
export const postgresViewStore = (pool: Pick<Pool, 'query'>): ViewStore => {
  const query = async <Row extends object>(statement: QueryConfig): Promise<readonly Row[]> => {
    try {
      const limited = { ...statement, query_timeout: STATEMENT_TIMEOUT_MS };
      return (await pool.query<Row>(limited)).rows;
    } catch (error) {
      // Whoever asks while the database is away may ask again.
      throw eventStoreError(error);
    }
  };
  const ask = <Row extends object>(
    statement: { readonly name: string; readonly text: string },
    values: readonly unknown[],
  ): Promise<readonly Row[]> => query({ ...statement, values: [...values] });
  const loadOrders = (ids: Iterable<string>) => ask<Keyed<OrderRow>>(LOAD_ORDERS, [[...ids]]);
  const loadStock = (skus: Iterable<string>) => ask<Keyed<StockRow>>(LOAD_STOCK, [[...skus]]);
  const loadCustomers = (ids: Iterable<string>) => ask<Keyed<CustomerRow>>(LOAD_CUSTOMERS, [[...ids]]);
  return {
    position: async (logPartition) =>
      (await ask<{ readonly position: number }>(POSITION, [logPartition]))[0]?.position ?? 0,
    load: async (keys) => {
      const rows = noRows();
      if (keys.orders.size > 0) for (const { key, view } of await loadOrders(keys.orders)) rows.orders.set(key, view);
      if (keys.stock.size > 0) for (const { key, view } of await loadStock(keys.stock)) rows.stock.set(key, view);
      if (keys.customers.size > 0)
        for (const { key, view } of await loadCustomers(keys.customers)) rows.customers.set(key, view);
      return rows;
    },
    save: async ({ orders, stock, customers }, { logPartition, epoch, from, position }) => {
      const orderRows = [...orders.values()];
      const [answer] = await ask<{ readonly moved: number }>(SAVE, [
        ...[logPartition, epoch, from, position],
        orderRows.map(({ orderId }) => orderId),
        orderRows.map(({ customerId }) => customerId ?? null),
        orderRows.map(({ status }) => status),
        orderRows.map(({ submittedAt }) => submittedAt ?? null),
        orderRows.map(({ waitingSince }) => waitingSince ?? null),
        orderRows.map(({ reason }) => reason?.replaceAll('\0', '\uFFFD') ?? null),
        orderRows.map(({ attention }) => attention !== undefined),
        orderRows.map((row) => JSON.stringify(row)),
        [...stock.keys()],
        [...stock.values()].map((row) => JSON.stringify(row)),
        [...customers.keys()],
        [...customers.values()].map((row) => JSON.stringify(row)),
      ]);
      return answer?.moved === 1 ? 'saved' : 'fenced';
    },
    findOrder: async (orderId) => (await loadOrders([orderId]))[0]?.view,
    listOrders: async (filter) =>
      (await query<{ readonly view: OrderRow }>(listStatement(filter))).map(({ view }) => view),
    listWaiting: async ({ since, after = BEFORE_ALL, limit }) =>
      (await ask<{ readonly view: OrderRow }>(WAITING, [since, after.waitingSince, after.orderId, limit])).map(
        ({ view }) => view,
      ),
    countOrders: async () =>
      Object.fromEntries(
        (await ask<{ readonly status: string; readonly count: number }>(COUNT, [])).map(({ status, count }) => [
          status,
          count,
        ]),
      ),
    findStock: async (sku) => (await loadStock([sku]))[0]?.view,
    listStock: async (afterSku, limit) =>
      (await ask<{ readonly view: StockRow }>(LIST_STOCK, [afterSku, limit])).map(({ view }) => view),
    findCustomer: async (customerId) => (await loadCustomers([customerId]))[0]?.view,
    scan: (view, after, limit) => ask<Keyed<unknown>>(SCANS[view], [after, limit]),
  };
};
