import type { FlockClient, OrderView } from './flock-client';
import type { DemoOrder, DemoStock } from './orders-file';

export type Outcome = {
  readonly ref: string;
  readonly orderId?: string;
  readonly expected: DemoOrder['expect'];
  readonly actual:
    DemoOrder['expect'] | { readonly status: string; readonly reason?: string; readonly detail?: string };
  readonly asExpected: boolean;
  /** From submission to the final state, by the services' clocks; absent for an order that was refused or has no end yet. */
  readonly durationMs?: number;
};

export type Progress = { readonly placed: number; readonly ended: number; readonly total: number };

export type DemoRun = {
  readonly orders: readonly DemoOrder[];
  readonly stock: readonly DemoStock[];
  readonly client: FlockClient;
  /** Orders per second. */
  readonly rate: number;
  readonly giveUpAfterMs: number;
  readonly progress: (progress: Progress) => void;
};

const FINAL = new Set(['delivered', 'rejected', 'cancelled', 'needs-attention']);
const DISPATCHED = new Set(['shipped', 'completed', 'delivered']);
const POLL_MS = 200;
const VIEWS_PER_REQUEST = 100;
const PARALLEL_REQUESTS_MAX = 16;

const pause = (durationMs: number): Promise<void> => new Promise((wake) => setTimeout(wake, durationMs));

const inParallel = async <Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> => {
  const queue = [...items];
  const worker = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(PARALLEL_REQUESTS_MAX, items.length) }, worker));
};

const matches = (expected: DemoOrder['expect'], actual: Outcome['actual']): boolean =>
  actual.status === expected.status &&
  (expected.reason === undefined || actual.reason === expected.reason) &&
  (expected.detail === undefined || actual.detail === expected.detail);

const outcomeOf = ({ ref, expect: expected }: DemoOrder, orderId: string, view: OrderView | undefined): Outcome => {
  const { status = 'unseen', reason, detail, submittedAt, finalAt } = view ?? {};
  const actual = { status, ...(reason === undefined ? {} : { reason }), ...(detail === undefined ? {} : { detail }) };
  const ended = FINAL.has(status) && submittedAt !== undefined && finalAt !== undefined;
  return {
    ref,
    orderId,
    expected,
    actual,
    asExpected: matches(expected, actual),
    ...(ended ? { durationMs: Date.parse(finalAt) - Date.parse(submittedAt) } : {}),
  };
};

const prepare = async ({ orders, stock, client }: DemoRun): Promise<void> => {
  await inParallel(stock, async (row) => {
    const answer = await client.receive(row);
    if (!answer.ok)
      throw new Error(`inventory refused to receive ${row.sku}: ${answer.problem.detail ?? answer.status}`);
  });
  const suspended = new Set(
    orders.filter(({ expect }) => expect.reason === 'CustomerSuspended').map(({ customerId }) => customerId),
  );
  await inParallel([...suspended], async (customerId) => {
    await client.registerCustomer(customerId, 'A. Suspended');
    const answer = await client.suspendCustomer(customerId, 'chargeback');
    if (!answer.ok)
      throw new Error(`orders refused to suspend ${customerId}: ${answer.problem.detail ?? answer.status}`);
  });
};

/** Receives the stock, places every order at the given rate, cancels where the file says so, and follows each order to its end. */
export const runDemo = async (run: DemoRun): Promise<readonly Outcome[]> => {
  const { orders, client, rate, giveUpAfterMs, progress } = run;
  await prepare(run);

  const outcomes = new Map<string, Outcome>();
  const followed = new Map<string, DemoOrder>();
  const toCancel = new Set<string>();
  let placed = 0;
  let allPlaced = false;
  const report = (): void => progress({ placed, ended: outcomes.size, total: orders.length });

  const place = async (order: DemoOrder): Promise<void> => {
    const answer = await client.submit(order);
    placed += 1;
    if (!answer.ok) {
      const actual = { status: 'refused', reason: answer.problem.rejection?.type ?? String(answer.status) };
      outcomes.set(order.ref, {
        ref: order.ref,
        expected: order.expect,
        actual,
        asExpected: matches(order.expect, actual),
      });
      return;
    }
    const { orderId } = answer.body;
    if (order.repeat) {
      const again = await client.submit(order);
      if (!again.ok || again.body.orderId !== orderId)
        throw new Error(`${order.ref} was sent twice and did not stay one order`);
    }
    followed.set(orderId, order);
    if (order.cancel === 'at-once') await client.cancel(orderId);
    if (order.cancel === 'after-dispatch') toCancel.add(orderId);
  };

  const look = async (): Promise<void> => {
    const open = [...followed].filter(([, { ref }]) => !outcomes.has(ref));
    for (let from = 0; from < open.length; from += VIEWS_PER_REQUEST) {
      const page = open.slice(from, from + VIEWS_PER_REQUEST);
      const views = new Map((await client.views(page.map(([orderId]) => orderId))).map((view) => [view.orderId, view]));
      for (const [orderId, order] of page) {
        const view = views.get(orderId);
        if (view === undefined) continue;
        if (toCancel.has(orderId) && DISPATCHED.has(view.status)) {
          toCancel.delete(orderId);
          await client.cancel(orderId);
        }
        if (FINAL.has(view.status)) outcomes.set(order.ref, outcomeOf(order, orderId, view));
      }
    }
  };

  const follow = async (): Promise<void> => {
    let giveUpAt = Number.POSITIVE_INFINITY;
    while (outcomes.size < orders.length) {
      await look();
      report();
      if (allPlaced && giveUpAt === Number.POSITIVE_INFINITY) giveUpAt = Date.now() + giveUpAfterMs;
      if (Date.now() > giveUpAt) break;
      if (outcomes.size < orders.length) await pause(POLL_MS);
    }
  };

  const placeAll = async (): Promise<void> => {
    const startedAt = Date.now();
    const inFlight = new Set<Promise<void>>();
    for (const [index, order] of orders.entries()) {
      const dueInMs = startedAt + (index * 1000) / rate - Date.now();
      if (dueInMs > 0) await pause(dueInMs);
      if (inFlight.size >= PARALLEL_REQUESTS_MAX) await Promise.race(inFlight);
      const placing = place(order).finally(() => inFlight.delete(placing));
      inFlight.add(placing);
    }
    await Promise.all(inFlight);
    allPlaced = true;
  };

  await Promise.all([placeAll(), follow()]);
  const unfinished = [...followed].filter(([, { ref }]) => !outcomes.has(ref));
  if (unfinished.length > 0) {
    const views = new Map(
      (await client.views(unfinished.slice(0, VIEWS_PER_REQUEST).map(([orderId]) => orderId))).map((view) => [
        view.orderId,
        view,
      ]),
    );
    for (const [orderId, order] of unfinished)
      outcomes.set(order.ref, { ...outcomeOf(order, orderId, views.get(orderId)), asExpected: false });
  }
  return orders.flatMap(({ ref }) => outcomes.get(ref) ?? []);
};
