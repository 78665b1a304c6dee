import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { join, resolve } from 'node:path';
import { findStack, StackError, startStack, type Stack, type StackFile } from '@murmuration/tool-stack';
import { Command, InvalidArgumentError } from 'commander';
import pc from 'picocolors';
import { DemoError } from './demo-error';
import { flockClient, type FlockClient, type FlockUrls, type Timeline } from './flock-client';
import { readOrders, readStock } from './orders-file';
import { jsonReport, textReport } from './report';
import { runDemo, type Outcome, type Progress } from './run-demo';

type Options = {
  readonly orders: string;
  readonly stock: string;
  readonly rate: number;
  readonly json: boolean;
  readonly data: string;
};

const GIVE_UP_AFTER_MS = 120_000;
const RATE_MAX = 5_000;
const PROGRESS_EVERY_MS = 2_000;
const STACK_WATCH_MS = 500;
const INTERRUPTED = 130;
/** Requests and pauses that an end cuts short. */
const WAITING_MAX = 100;

const rate = (text: string): number => {
  const value = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || value <= 0 || value > RATE_MAX)
    throw new InvalidArgumentError(`orders per second, above 0 and at most ${RATE_MAX}, are needed.`);
  return value;
};

/** Standard output belongs to the result. */
const say = (line: string): void => void process.stderr.write(`${line}\n`);

const progressLine = (): ((progress: Progress) => void) => {
  let shownAt = 0;
  return ({ placed, ended, total }) => {
    const line = `  placed ${placed} of ${total}, ended ${ended}`;
    if (process.stderr.isTTY) process.stderr.write(`\r${line}${ended === total ? '\n' : ''}`);
    else if (ended === total || Date.now() - shownAt > PROGRESS_EVERY_MS) {
      shownAt = Date.now();
      say(line);
    }
  };
};

const readOptions = (): Options =>
  new Command('npm run demo --')
    .description('Places real orders, follows each to its end, and compares the ends with what the file says.')
    .option('--orders <file>', 'the orders, one JSON object per line', 'examples/orders.jsonl')
    .option('--stock <file>', 'the stock to receive first, one JSON object per line', 'examples/stock.jsonl')
    .option('--rate <n>', 'orders per second', rate, 50)
    .option('--json', 'print the result as JSON, and nothing else on standard output', false)
    .option('--data <dir>', 'the data folder of the stack to use', '.murmuration')
    .allowExcessArguments(false)
    .parse()
    .opts<Options>();

/** The stack that runs on the folder, or one of this demo's own that begins empty. */
const flockFor = async (
  dataDir: string,
  found: StackFile | undefined,
  ending: AbortController,
): Promise<{ readonly urls: FlockUrls; readonly stop: () => Promise<void> }> => {
  if (found !== undefined) {
    const watch = setInterval(() => {
      if (findStack(dataDir)?.pid === found.pid) return;
      ending.abort(new DemoError('flock-unreachable', `the stack on ${dataDir} has ended`));
    }, STACK_WATCH_MS);
    return {
      urls: found.urls,
      stop: () => {
        clearInterval(watch);
        return Promise.resolve();
      },
    };
  }
  say('No stack is running; starting one for this demo.');
  const own: Stack = await startStack({
    dataDir: join(dataDir, 'demo'),
    root: resolve('.'),
    fresh: true,
    ports: 'free',
    say: (line) => say(`  ${pc.dim(line)}`),
    failed: (error) => ending.abort(error),
    signal: ending.signal,
  });
  return {
    urls: own.urls,
    stop: async () => {
      say('  stopping the stack');
      await own.stop();
    },
  };
};

/** Of an order that was undone after it had come furthest. */
const timelineOf = async (
  outcomes: readonly Outcome[],
  client: FlockClient,
): Promise<(Timeline & { readonly orderId: string }) | undefined> => {
  const undone =
    outcomes.find(({ actual }) => actual.reason === 'shipment-refused') ??
    outcomes.find(({ actual }) => actual.status === 'cancelled');
  if (undone?.orderId === undefined) return undefined;
  const timeline = await client.timeline(undone.orderId);
  return timeline === undefined ? undefined : { ...timeline, orderId: undone.orderId };
};

const main = async (): Promise<number> => {
  const options = readOptions();
  const orders = readOrders(options.orders);
  const stock = readStock(options.stock);
  const dataDir = resolve(options.data);
  const found = findStack(dataDir);
  if (found !== undefined && !found.ready)
    throw new StackError(`the stack on ${dataDir} is still starting; wait for its table of URLs`);

  const ending = new AbortController();
  setMaxListeners(WAITING_MAX, ending.signal);
  let isInterrupted = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      isInterrupted = true;
      ending.abort(new StackError(`interrupted by ${signal}`));
    });
  }
  let stop: () => Promise<void> = () => Promise.resolve();
  try {
    const flock = await flockFor(dataDir, found, ending);
    stop = flock.stop;
    const client = flockClient(flock.urls, { run: randomUUID().slice(0, 8), signal: ending.signal });
    say(`${orders.length} orders of ${options.orders}, ${options.rate} a second:`);
    const outcomes = await runDemo({
      ...{ orders, stock, client, rate: options.rate, signal: ending.signal },
      ...{ giveUpAfterMs: GIVE_UP_AFTER_MS, progress: progressLine() },
    });
    const timeline = await timelineOf(outcomes, client);
    process.stdout.write(options.json ? jsonReport(outcomes, timeline) : textReport(outcomes, timeline));
    return outcomes.every(({ asExpected }) => asExpected) ? 0 : 1;
  } catch (error) {
    if (isInterrupted) return INTERRUPTED;
    throw ending.signal.aborted ? ending.signal.reason : error;
  } finally {
    await stop();
  }
};

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    const known = error instanceof DemoError || error instanceof StackError;
    const told = error instanceof Error ? (known ? error.message : (error.stack ?? error.message)) : String(error);
    say(`${pc.red('error')}: ${told}`);
    process.exit(1);
  },
);
