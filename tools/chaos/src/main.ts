import { randomInt } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { join, resolve } from 'node:path';
import { seededChance } from '@murmuration/testing';
import {
  DemoError,
  flockClient,
  readOrders,
  readStock,
  runDemo,
  strayText,
  type DemoOrder,
  type DemoStock,
  type Outcome,
} from '@murmuration/tool-demo';
import { startStack, StackError, whyNotHealthy, type Stack } from '@murmuration/tool-stack';
import { Command, InvalidArgumentError } from 'commander';
import pc from 'picocolors';
import { findLastingViolations } from './invariants';
import { killByPlan, killPlan, type Kill } from './killer';
import { judge, killTable, stockExpectations } from './verdict';

type Options = {
  readonly minutes: number;
  readonly seed: number;
  readonly rate: number;
  readonly replicas: number;
  readonly orders: string;
  readonly stock: string;
  readonly data: string;
};

const SEED_MAX = 2 ** 31;
/** How long the last orders may take once the killing is over. */
const END_WITHIN_MS = 180_000;
/** How long a process may be away before a customer gives up. */
const PATIENCE_MS = 120_000;
const PROGRESS_EVERY_MS = 5_000;
const FINDINGS_SHOWN_MAX = 40;
const INTERRUPTED = 130;
/** Requests and pauses that an end cuts short. */
const WAITING_MAX = 100;
const QUANTITY_MAX = 1_000_000;

const between =
  (least: number, most: number, whole = false) =>
  (text: string): number => {
    const value = Number(text);
    if (!/^\d+(\.\d+)?$/.test(text) || value < least || value > most || (whole && !Number.isInteger(value)))
      throw new InvalidArgumentError(`a ${whole ? 'whole ' : ''}number from ${least} to ${most} is needed.`);
    return value;
  };

const startedAt = Date.now();
const say = (line: string): void =>
  void process.stdout.write(`${pc.dim(`${((Date.now() - startedAt) / 1000).toFixed(1).padStart(6)} s`)}  ${line}\n`);

const readOptions = (): Options =>
  new Command('npm run chaos --')
    .description(
      'Kills one process of the flock at a time under load, then checks that every order ended and that the invariants hold.',
    )
    .option('--minutes <n>', 'how long the killing goes on', between(0.1, 120), 2)
    .option('--seed <n>', 'decides who is killed and when', between(0, SEED_MAX, true), randomInt(SEED_MAX))
    .option('--rate <n>', 'orders per second', between(0.1, 500), 10)
    .option('--replicas <n>', 'processes of each service', between(1, 4, true), 1)
    .option('--orders <file>', 'the orders, one JSON object per line', 'examples/orders.jsonl')
    .option('--stock <file>', 'the stock to receive first', 'examples/stock.jsonl')
    .option('--data <dir>', 'the folder for this run', join('.murmuration', 'chaos'))
    .allowExcessArguments(false)
    .parse()
    .opts<Options>();

/** The file's orders over and over, as many as the rate and the time ask for. */
const ordersFor = (orders: readonly DemoOrder[], count: number): readonly DemoOrder[] =>
  Array.from({ length: count }, (_, index) => {
    const order = orders[index % orders.length];
    if (order === undefined) throw new StackError('the orders file is empty');
    return { ...order, ref: `${order.ref}-${Math.floor(index / orders.length)}` };
  });

/** Enough of what the file has in plenty; what it is short of stays short. */
const stockFor = (stock: readonly DemoStock[], rounds: number): readonly DemoStock[] =>
  stock.map((row) => ({ ...row, quantity: Math.min(QUANTITY_MAX, row.quantity * rounds) }));

const killUnderLoad = async (
  stack: Stack,
  { orders, stock }: { readonly orders: readonly DemoOrder[]; readonly stock: readonly DemoStock[] },
  { minutes, seed, rate }: Options,
  ending: AbortSignal,
): Promise<{ readonly outcomes: readonly Outcome[]; readonly kills: readonly Kill[] }> => {
  const killing = new AbortController();
  const stopKilling = (): void => killing.abort();
  const timer = setTimeout(stopKilling, minutes * 60_000);
  ending.addEventListener('abort', stopKilling, { once: true });
  const urls = Object.values(stack.urls).flat();
  const killer = killByPlan({
    plan: killPlan(seededChance(seed), stack.units),
    pids: stack.pids,
    isWell: async () => (await Promise.all(urls.map(whyNotHealthy))).every((why) => why === undefined),
    signal: killing.signal,
    killing: (unit) => say(pc.yellow(`kill -9 ${unit}`)),
    isBack: (unit, afterMs) => say(`all is well again ${(afterMs / 1000).toFixed(1)} s after the kill of ${unit}`),
  });
  let shownAt = 0;
  const load = runDemo({
    ...{ orders, stock, rate, signal: ending, giveUpAfterMs: END_WITHIN_MS },
    client: flockClient(stack.urls, { run: `chaos-${seed}`, patienceMs: PATIENCE_MS, signal: ending }),
    progress: ({ placed, ended, total }) => {
      if (Date.now() - shownAt < PROGRESS_EVERY_MS) return;
      shownAt = Date.now();
      say(`placed ${placed} of ${total}, ended ${ended}`);
    },
  });
  try {
    const [outcomes, kills] = await Promise.all([load, killer]);
    return { outcomes, kills };
  } finally {
    clearTimeout(timer);
    stopKilling();
  }
};

const verdict = async (
  urls: Stack['urls'],
  { outcomes, kills }: { readonly outcomes: readonly Outcome[]; readonly kills: readonly Kill[] },
  { orders, stock }: { readonly orders: readonly DemoOrder[]; readonly stock: readonly DemoStock[] },
  seed: number,
): Promise<number> => {
  const { strays, cancelledTooLate } = judge(outcomes);
  for (const line of killTable(kills)) say(line);
  const ended = outcomes.filter(({ asExpected }) => asExpected).length;
  say(`${kills.length} kills, ${outcomes.length} orders, ${ended} ended as the file says`);
  if (cancelledTooLate.length > 0)
    say(`${cancelledTooLate.length} were delivered, since a kill delayed their cancellation until after the dispatch`);
  for (const stray of strays.slice(0, FINDINGS_SHOWN_MAX)) say(strayText(stray));
  say('checking the invariants');
  const findings = await findLastingViolations({
    urls,
    whyNotHealthy,
    orderIds: outcomes.flatMap(({ orderId }) => orderId ?? []),
    stock: stockExpectations(orders, outcomes, stock),
  });
  for (const { invariant, about, finding } of findings.slice(0, FINDINGS_SHOWN_MAX))
    say(`${pc.red('✗')} ${invariant}: ${about} ${finding}`);
  const isSound = strays.length === 0 && findings.length === 0;
  say(
    isSound
      ? pc.green('Every order ended, and I1 to I7 hold.')
      : pc.red(
          `The flock is not sound: ${strays.length} strays, ${findings.length} findings; the same kills again with --seed ${seed}.`,
        ),
  );
  return isSound ? 0 : 1;
};

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });

const main = async (): Promise<number> => {
  const options = readOptions();
  const { minutes, seed, rate, replicas } = options;
  const orders = ordersFor(readOrders(options.orders), Math.ceil(minutes * 60 * rate));
  const stock = stockFor(readStock(options.stock), Math.ceil(orders.length / 200));
  say(
    `seed ${seed}: ${minutes} minutes of chaos under ${rate} orders a second (the same kills again with --seed ${seed})`,
  );

  const ending = new AbortController();
  setMaxListeners(WAITING_MAX, ending.signal);
  let isInterrupted = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (!isInterrupted) say(`${signal}: stopping everything`);
      isInterrupted = true;
      ending.abort(new StackError(`interrupted by ${signal}`));
    });
  }
  let stack: Stack | undefined;
  try {
    stack = await startStack({
      ...{ dataDir: resolve(options.data), root: resolve('.'), fresh: true, ports: 'free', replicas, say },
      deathsPerMinuteMax: Number.POSITIVE_INFINITY,
      failed: (error) => ending.abort(error),
      signal: ending.signal,
    });
    const results = await killUnderLoad(stack, { orders, stock }, options, ending.signal);
    return await Promise.race([verdict(stack.urls, results, { orders, stock }, seed), aborted(ending.signal)]);
  } catch (error) {
    if (isInterrupted) return INTERRUPTED;
    throw ending.signal.aborted ? ending.signal.reason : error;
  } finally {
    await stack?.stop();
  }
};

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    const known = error instanceof DemoError || error instanceof StackError;
    const told = error instanceof Error ? (known ? error.message : (error.stack ?? error.message)) : String(error);
    process.stderr.write(`${pc.red('error')}: ${told}\n`);
    process.exit(1);
  },
);
