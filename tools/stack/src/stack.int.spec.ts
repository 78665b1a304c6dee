import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { eventually } from '@murmuration/testing';
import { findStack, type StackFile } from './stack-file';
import { bornAt } from './process-identity';

const ROOT = resolve(__dirname, '../../..');
const BUNDLE = join(ROOT, 'dist/tools/stack/main.js');

const START_MS = 90_000;
const END_MS = 30_000;

const ORDER = {
  customerId: 'c-stack-spec',
  currency: 'EUR',
  lines: [{ sku: 'KETTLE', quantity: 2, unitPriceMinor: 1_999 }],
  shipTo: { name: 'Ada', street: 'Rue Burdeau 75', city: 'Lyon', postalCode: '69001', country: 'FR' },
  paymentToken: 'tok_ok',
  submit: true,
};

/** A stack of its own, as a user starts it. */
class StackUnderTest {
  readonly process: ChildProcess;
  readonly ended: Promise<number | null>;
  output = '';

  constructor(readonly dataDir: string) {
    if (!existsSync(BUNDLE)) throw new Error(`${BUNDLE} is missing: "npm run build" makes what this spec starts`);
    this.process = spawn(process.execPath, [BUNDLE, '--free-ports', '--data', dataDir], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.process.stdout, this.process.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    this.ended = once(this.process, 'exit').then(([code]) => code as number | null);
  }

  /** What it tells about itself once its table of URLs is there. */
  async ready(): Promise<StackFile> {
    const isOver = this.ended.then(() => {
      throw new Error(`the stack has ended:\n${this.output}`);
    });
    const isReady = eventually(() => this.output.includes('The flock is flying.'), {
      timeoutMs: START_MS,
      expectation: 'the table of URLs',
    });
    await Promise.race([isReady, isOver]);
    return this.told();
  }

  told(): StackFile {
    const file = findStack(this.dataDir);
    if (file === undefined) throw new Error('the stack tells nothing of itself');
    return file;
  }
}

const post = async (url: string, body: unknown): Promise<Record<string, unknown>> => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': url },
    body: JSON.stringify(body),
  });
  expect({ url, ok: response.ok }).toEqual({ url, ok: true });
  return (await response.json()) as Record<string, unknown>;
};

const statusOf = async ({ urls }: StackFile, orderId: string): Promise<unknown> => {
  const response = await fetch(`${urls.projections[0]}/v1/orders/${orderId}`);
  return ((await response.json()) as { readonly status?: string }).status;
};

const living = (pids: readonly number[]): readonly number[] => pids.filter((pid) => bornAt(pid) !== undefined);

describe('a stack on free ports', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'murmuration-stack-'));
  // Else the account that runs PostgreSQL for root could not enter it, and the data would lie elsewhere.
  chmodSync(dataDir, 0o755);
  const started: StackUnderTest[] = [];
  const start = (): StackUnderTest => {
    const stack = new StackUnderTest(dataDir);
    started.push(stack);
    return stack;
  };
  let orderId = '';

  afterAll(async () => {
    for (const stack of started) stack.process.kill('SIGTERM');
    await Promise.all(started.map(({ ended }) => ended));
    rmSync(dataDir, { recursive: true, force: true });
  }, END_MS);

  it(
    'brings a killed service back, finishes the order that was under way, and leaves no process when it is killed itself',
    async () => {
      const stack = start();
      const { urls, pids } = await stack.ready();
      expect(Object.keys(pids).sort()).toEqual([
        ...['broker', 'inventory', 'orders', 'payments', 'postgres', 'projections', 'shipping'],
      ]);

      await post(`${urls.inventory[0]}/v1/stock/KETTLE/receipts`, { quantity: 10 });
      orderId = String((await post(`${urls.orders[0]}/v1/orders`, ORDER))['orderId']);
      process.kill(pids['payments'] ?? 0, 'SIGKILL');
      await eventually(() => stack.output.includes('payments is back'), { timeoutMs: START_MS });
      expect(stack.output).toContain('payments died (SIGKILL); starting it again in 200 ms');
      await eventually(async () => (await statusOf(stack.told(), orderId)) === 'delivered', { timeoutMs: START_MS });

      const all = Object.values(stack.told().pids);
      expect(living(all)).toHaveLength(7);
      stack.process.kill('SIGKILL');
      await stack.ended;
      await eventually(() => living(all).length === 0, { timeoutMs: END_MS, expectation: 'no process left' });
    },
    3 * START_MS,
  );

  it(
    'starts again on what a killed one left, with its orders, refuses a second stack, and stops in order',
    async () => {
      const stack = start();
      const told = await stack.ready();
      expect(await statusOf(told, orderId)).toBe('delivered');

      const second = start();
      await expect(second.ended).resolves.toBe(1);
      expect(second.output).toMatch(/^error: a stack is running on \S+ already \(pid \d+\); .*\n$/);

      stack.process.kill('SIGINT');
      stack.process.kill('SIGTERM');
      await expect(stack.ended).resolves.toBe(0);
      expect(stack.output).toContain('all of it has stopped');
      expect(living(Object.values(told.pids))).toEqual([]);
      expect(findStack(dataDir)).toBeUndefined();
    },
    2 * START_MS,
  );
});
