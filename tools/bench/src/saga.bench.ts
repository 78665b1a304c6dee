import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { percentiles } from '@murmuration/tool-demo';
import { startStack, type Stack } from '@murmuration/tool-stack';
import Table from 'cli-table3';
import { Command } from 'commander';
import { usageOf } from './cpu-time';

type Options = { readonly orders: string; readonly callers: string; readonly rate: string; readonly data: string };

const SKUS = 40;
const QUANTITY_PER_SKU = 1_000_000;
const END_WITHIN_MS = 120_000;
const POLL_MS = 250;
const PAGE = 200;

const agent = new Agent({ keepAlive: true, maxSockets: 256 });

const call = <Body>(url: string, method: string, body?: unknown): Promise<Body> =>
  new Promise((answered, failed) => {
    const payload = body === undefined ? undefined : JSON.stringify(body);
    const headers =
      payload === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) };
    const outgoing = request(url, { method, agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', failed);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        if ((response.statusCode ?? 500) >= 300)
          failed(new Error(`${method} ${url} answered ${response.statusCode}: ${text.slice(0, 300)}`));
        else answered(JSON.parse(text) as Body);
      });
    });
    outgoing.on('error', failed);
    outgoing.end(payload);
  });

const sku = (index: number): string => `BENCH-${index % SKUS}`;

const orderBody = (index: number): unknown => ({
  customerId: `c-${index % 500}`,
  currency: 'EUR',
  lines: [
    { sku: sku(index), quantity: 1, unitPriceMinor: 1290 },
    { sku: sku(index * 7 + 3), quantity: 2, unitPriceMinor: 490 },
  ],
  shipTo: { name: 'Ada Byron', street: 'Lindengasse 7', city: 'Wien', postalCode: '1070', country: 'AT' },
  paymentToken: 'tok_ok',
  submit: true,
});

type Counts = { readonly counts: Readonly<Record<string, number>> };
type Page = {
  readonly orders: readonly { readonly orderId: string; readonly submittedAt: string; readonly completedAt?: string }[];
  readonly nextCursor?: string;
};

const completed = async (stack: Stack): Promise<number> => {
  const { counts } = await call<Counts>(`${stack.urls.projections[0]}/v1/reports/orders`, 'GET');
  return (counts['completed'] ?? 0) + (counts['delivered'] ?? 0);
};

const place = async (
  stack: Stack,
  first: number,
  count: number,
  callers: number,
  rate: number | undefined,
): Promise<void> => {
  const startedAt = performance.now();
  let next = 0;
  const caller = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) {
      const dueInMs = rate === undefined ? 0 : startedAt + (index * 1000) / rate - performance.now();
      if (dueInMs > 0) await pause(dueInMs);
      await call(`${stack.urls.orders[0]}/v1/orders`, 'POST', orderBody(first + index));
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
};

const settle = async (stack: Stack, total: number): Promise<void> => {
  const giveUpAt = Date.now() + END_WITHIN_MS;
  for (let done = await completed(stack); done < total; done = await completed(stack)) {
    if (Date.now() > giveUpAt)
      throw new Error(`only ${done} of ${total} orders completed within ${END_WITHIN_MS / 1000} s`);
    await pause(POLL_MS);
  }
};

const readAll = async (stack: Stack): Promise<Page['orders']> => {
  const orders: Page['orders'][number][] = [];
  let cursor: string | undefined;
  do {
    const page: Page = await call(
      `${stack.urls.projections[0]}/v1/orders?limit=${PAGE}${cursor === undefined ? '' : `&cursor=${cursor}`}`,
      'GET',
    );
    orders.push(...page.orders);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return orders;
};

const figures = (orders: Page['orders'], since: string) => {
  const mine = orders.filter(({ submittedAt }) => submittedAt >= since);
  const ends = mine.map(({ completedAt }) => Date.parse(completedAt ?? ''));
  const begins = mine.map(({ submittedAt }) => Date.parse(submittedAt));
  const spanMs = Math.max(...ends) - Math.min(...begins);
  return {
    ordersPerSecond: (mine.length * 1000) / spanMs,
    ...percentiles(mine.map((_, index) => (ends[index] ?? 0) - (begins[index] ?? 0))),
  };
};

type Timeline = { readonly entries: readonly { readonly time: string; readonly event: string }[] };

const HOPS_SAMPLED = 200;

/** How long each event of the forward path came after the one that it follows, over a sample of the orders. */
const hopTable = async (stack: Stack, orders: Page['orders'], since: string): Promise<string> => {
  const path = [
    ['order-submitted', 'stock-reserved'],
    ['stock-reserved', 'payment-authorized'],
    ['payment-authorized', 'shipment-booked'],
    ['shipment-booked', 'shipment-dispatched'],
    ['shipment-dispatched', 'stock-committed'],
    ['shipment-dispatched', 'payment-captured'],
    ['payment-captured', 'order-completed'],
  ] as const;
  const table = new Table({
    head: ['from', 'to', 'p50 ms', 'p99 ms'],
    colAligns: ['left', 'left', 'right', 'right'],
    style: { head: [], border: [] },
  });
  const sample = orders.filter(({ submittedAt }) => submittedAt >= since).slice(0, HOPS_SAMPLED);
  const times: ReadonlyMap<string, number>[] = [];
  for (const { orderId } of sample) {
    const { entries } = await call<Timeline>(`${stack.urls.projections[0]}/v1/sagas/${orderId}`, 'GET');
    times.push(new Map(entries.map(({ event, time }) => [event, Date.parse(time)])));
  }
  for (const [from, to] of path) {
    const { p50, p99 } = percentiles(times.map((at) => (at.get(to) ?? Number.NaN) - (at.get(from) ?? Number.NaN)));
    table.push([from, to, p50, p99]);
  }
  return table.toString();
};

/** Orders per second from submit to completed with every process on this machine, and what one order costs each of them. */
export const runSagaBench = async (args: readonly string[]): Promise<void> => {
  const program = new Command('npm run bench -- saga')
    .option('--orders <n>', 'orders of the measured run', '3000')
    .option('--callers <n>', 'concurrent callers of the measured run', '64')
    .option('--rate <n>', 'orders a second of the run that measures latency below saturation', '100')
    .option('--data <dir>', 'the folder for this run', join('.murmuration', 'bench'))
    .parse(args, { from: 'user' });
  const options = program.opts<Options>();
  const [count, callers, rate] = [Number(options.orders), Number(options.callers), Number(options.rate)];
  if (![count, callers, rate].every((value) => Number.isFinite(value) && value > 0))
    throw new Error('--orders, --callers and --rate take numbers above 0');

  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  const running: { stack?: Stack } = {};
  const stack = await startStack({
    dataDir: resolve(options.data),
    root: resolve('.'),
    fresh: true,
    ports: 'free',
    env: { CARRIER_DELAY_MS: '0', LOG_LEVEL: 'warn' },
    say: () => undefined,
    failed: (error) => {
      say(`error: ${error.message}`);
      void (running.stack?.stop() ?? Promise.resolve()).finally(() => process.exit(1));
    },
  });
  running.stack = stack;
  try {
    for (let index = 0; index < SKUS; index++) {
      await call(`${stack.urls.inventory[0]}/v1/stock/${sku(index)}/receipts`, 'POST', { quantity: QUANTITY_PER_SKU });
    }
    const warmUp = Math.ceil(count / 3);
    say(`warming up with ${warmUp} orders`);
    await place(stack, 0, warmUp, callers, undefined);
    await settle(stack, warmUp);

    const quiet = Math.ceil(rate * 10);
    say(`${quiet} orders at ${rate} a second`);
    const quietSince = new Date().toISOString();
    await place(stack, warmUp, quiet, callers, rate);
    await settle(stack, warmUp + quiet);
    const quietOrders = await readAll(stack);
    const calm = figures(quietOrders, quietSince);
    const hops = await hopTable(stack, quietOrders, quietSince);

    say(`${count} orders from ${callers} callers as fast as they are accepted`);
    const busySince = new Date().toISOString();
    const before = usageOf(stack.pids());
    const selfBefore = process.cpuUsage();
    await place(stack, warmUp + quiet, count, callers, undefined);
    await settle(stack, warmUp + quiet + count);
    const after = usageOf(stack.pids());
    const self = process.cpuUsage(selfBefore);
    const busy = figures(await readAll(stack), busySince);

    say('');
    say(`at ${rate} orders/s:   p50 ${calm.p50} ms, p95 ${calm.p95} ms, p99 ${calm.p99} ms from submit to completed`);
    say(hops);
    say(
      `saturated:        ${busy.ordersPerSecond.toFixed(0)} orders/s, p50 ${busy.p50} ms, p95 ${busy.p95} ms, p99 ${busy.p99} ms`,
    );
    const table = new Table({
      head: ['process', 'CPU ms per order', 'memory MiB'],
      colAligns: ['left', 'right', 'right'],
      style: { head: [], border: [] },
    });
    let sum = 0;
    for (const [name, { cpuMs, residentMb }] of after) {
      const perOrder = (cpuMs - (before.get(name)?.cpuMs ?? 0)) / count;
      sum += perOrder;
      table.push([name, perOrder.toFixed(2), residentMb.toFixed(0)]);
    }
    table.push(
      ['all of them', sum.toFixed(2), ''],
      ['(load generator)', ((self.user + self.system) / 1000 / count).toFixed(2), ''],
    );
    say(table.toString());
    say(`run ${randomUUID().slice(0, 8)}, ${count} orders, ${callers} callers, durable: PostgreSQL fsync on, acks=all`);
  } finally {
    await stack.stop();
  }
};
