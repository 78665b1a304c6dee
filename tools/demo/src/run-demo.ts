import { setTimeout as timer } from 'node:timers/promises';
import { DemoError } from './demo-error';
import type { FlockClient, OrderView } from './flock-client';
import type { DemoOrder, DemoStock } from './orders-file';

export type Ending = { readonly status: string; readonly reason?: string; readonly detail?: string };

export type Outcome = {
  readonly ref: string;
  readonly orderId?: string;
  readonly expected: DemoOrder['expect'];
  readonly actual: Ending;
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
  /** How long the last orders may take once all are placed. */
  readonly giveUpAfterMs: number;
  readonly progress: (progress: Progress) => void;
  /** Ends the run, which rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** From one look at the orders to the next, 200 ms by default. */
  readonly pollMs?: number;
};

const FINAL = new Set(['delivered', 'rejected', 'cancelled', 'needs-attention']);
const DISPATCHED = new Set(['shipped', 'completed', 'delivered']);
const POLL_MS = 200;
const VIEWS_PER_REQUEST = 100;
const PARALLEL_REQUESTS_MAX = 16;

const inParallel = async <Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> => {
  const queue = [...items];
  const worker = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(PARALLEL_REQUESTS_MAX, items.length) }, worker));
};

const matches = (expected: DemoOrder['expect'], actual: Ending): boolean =>
  actual.status === expected.status &&
  (expected.reason === undefined || actual.reason === expected.reason) &&
  (expected.detail === undefined || actual.detail === expected.detail);

const outcomeOf = ({ ref, expect: expected }: DemoOrder, orderId: string, view: OrderView | undefined): Outcome => {
  const { status = 'unseen', reason, detail, submittedAt, finalAt } = view ?? {};
  const actual = { status, ...(reason === undefined ? {} : { reason }), ...(detail === undefined ? {} : { detail }) };
  const hasEnded = FINAL.has(status);
  const isTimed = hasEnded && submittedAt !== undefined && finalAt !== undefined;
  return {
    ...{ ref, orderId, expected, actual },
    asExpected: hasEnded && matches(expected, actual),
    ...(isTimed ? { durationMs: Date.parse(finalAt) - Date.parse(submittedAt) } : {}),
  };
};

const refusalOf = ({ ref, expect: expected }: DemoOrder, reason: string): Outcome => {
  const actual = { status: 'refused', reason };
  return { ref, expected, actual, asExpected: matches(expected, actual) };
};

const prepare = async ({ orders, stock, client }: DemoRun): Promise<void> => {
  await inParallel(stock, async (row) => {
    const answer = await client.receive(row);
    if (!answer.ok)
      throw new DemoError(
        'flock-refused',
        `inventory refused to receive ${row.sku}: ${answer.problem.detail ?? answer.status}`,
      );
  });
  const suspended = new Set(
    orders.filter(({ expect }) => expect.reason === 'CustomerSuspended').map(({ customerId }) => customerId),
  );
  await inParallel([...suspended], async (customerId) => {
    // Known from an earlier run already, as often as not.
    await client.registerCustomer(customerId, 'A. Suspended');
    const answer = await client.suspendCustomer(customerId, 'chargeback');
    if (!answer.ok)
      throw new DemoError(
        'flock-refused',
        `orders refused to suspend ${customerId}: ${answer.problem.detail ?? answer.status}`,
      );
  });
};

/** The orders under way and how those that ended did. */
class Run {
  readonly outcomes = new Map<string, Outcome>();
  private readonly followed = new Map<string, DemoOrder>();
  private readonly toCancel = new Set<string>();
  private readonly halt = new AbortController();
  private placed = 0;
  private allPlaced = false;

  constructor(private readonly options: DemoRun) {}

  /** Resolves when every order has ended, or none of the rest is waited for any more. */
  async finish(): Promise<void> {
    const { signal } = this.options;
    const abort = (): void => this.halt.abort(signal?.reason);
    signal?.addEventListener('abort', abort, { once: true });
    try {
      signal?.throwIfAborted();
      await Promise.all([this.placeAll(), this.followAll()].map((part) => part.catch((error) => this.fail(error))));
      this.halt.signal.throwIfAborted();
    } finally {
      signal?.removeEventListener('abort', abort);
    }
    await this.lookAtTheRest();
  }

  private fail(error: unknown): void {
    if (!this.halt.signal.aborted) this.halt.abort(error);
  }

  /** Cut short by an abort, which whoever goes on notices. */
  private async pause(durationMs: number): Promise<void> {
    const { signal } = this.halt;
    await timer(durationMs, undefined, { signal }).catch(() => signal.throwIfAborted());
  }

  private async placeAll(): Promise<void> {
    const { orders, rate } = this.options;
    const startedAt = Date.now();
    const inFlight = new Set<Promise<void>>();
    for (const [index, order] of orders.entries()) {
      const dueInMs = startedAt + (index * 1000) / rate - Date.now();
      if (dueInMs > 0) await this.pause(dueInMs);
      if (inFlight.size >= PARALLEL_REQUESTS_MAX) await Promise.race(inFlight);
      this.halt.signal.throwIfAborted();
      const placing = this.place(order)
        .catch((error: unknown) => this.fail(error))
        .finally(() => inFlight.delete(placing));
      inFlight.add(placing);
    }
    await Promise.all(inFlight);
    this.allPlaced = true;
  }

  private async place(order: DemoOrder): Promise<void> {
    const { client } = this.options;
    const answer = await client.submit(order);
    this.placed += 1;
    if (!answer.ok) {
      this.outcomes.set(order.ref, refusalOf(order, answer.problem.rejection?.type ?? String(answer.status)));
      return;
    }
    const { orderId } = answer.body;
    if (order.repeat) {
      const again = await client.submit(order);
      if (!again.ok || again.body.orderId !== orderId)
        throw new DemoError('flock-refused', `${order.ref} was sent twice and did not stay one order`);
    }
    if (order.cancel === 'at-once') await client.cancel(orderId);
    if (order.cancel === 'after-dispatch') this.toCancel.add(orderId);
    this.followed.set(orderId, order);
  }

  private get open(): readonly (readonly [string, DemoOrder])[] {
    return [...this.followed].filter(([, { ref }]) => !this.outcomes.has(ref));
  }

  private async followAll(): Promise<void> {
    const { orders, giveUpAfterMs, progress, pollMs = POLL_MS } = this.options;
    let giveUpAt = Number.POSITIVE_INFINITY;
    while (this.outcomes.size < orders.length && Date.now() < giveUpAt) {
      await this.look();
      progress({ placed: this.placed, ended: this.outcomes.size, total: orders.length });
      if (this.allPlaced && giveUpAt === Number.POSITIVE_INFINITY) giveUpAt = Date.now() + giveUpAfterMs;
      this.halt.signal.throwIfAborted();
      if (this.outcomes.size < orders.length) await this.pause(pollMs);
    }
  }

  private async look(): Promise<void> {
    await this.viewOpen(async (orderId, order, view) => {
      if (view === undefined) return;
      if (this.toCancel.has(orderId) && DISPATCHED.has(view.status)) {
        this.toCancel.delete(orderId);
        await this.options.client.cancel(orderId);
      }
      if (FINAL.has(view.status)) this.outcomes.set(order.ref, outcomeOf(order, orderId, view));
    });
  }

  private async lookAtTheRest(): Promise<void> {
    await this.viewOpen((orderId, order, view) => {
      this.outcomes.set(order.ref, outcomeOf(order, orderId, view));
      return Promise.resolve();
    });
  }

  private async viewOpen(
    seen: (orderId: string, order: DemoOrder, view: OrderView | undefined) => Promise<void>,
  ): Promise<void> {
    const { open } = this;
    for (let from = 0; from < open.length; from += VIEWS_PER_REQUEST) {
      const page = open.slice(from, from + VIEWS_PER_REQUEST);
      const views = await this.options.client.views(page.map(([orderId]) => orderId));
      const byId = new Map(views.map((view) => [view.orderId, view]));
      for (const [orderId, order] of page) await seen(orderId, order, byId.get(orderId));
    }
  }
}

/**
 * Receives the stock, places every order at the given rate, cancels where the file says so, and follows each order to its
 * end. Resolves to one outcome for each order, in their order; rejects with a `DemoError` when the flock does not play along.
 */
export const runDemo = async (options: DemoRun): Promise<readonly Outcome[]> => {
  await prepare(options);
  const run = new Run(options);
  await run.finish();
  return options.orders.flatMap(({ ref }) => run.outcomes.get(ref) ?? []);
};
