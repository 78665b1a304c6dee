import { randomUUID } from 'node:crypto';
import { join, resolve } from 'node:path';
import { findStack, StackError, startStack, type Stack } from '@murmuration/tool-stack';
import { Command, InvalidArgumentError } from 'commander';
import pc from 'picocolors';
import { flockClient, type FlockClient } from './flock-client';
import { DemoFileError, readOrders, readStock } from './orders-file';
import { outcomeTable, percentiles, timelineText } from './report';
import { runDemo, type Outcome, type Progress } from './run-demo';

type Options = {
  readonly orders: string;
  readonly stock: string;
  readonly rate: number;
  readonly json: boolean;
  readonly data: string;
};

const GIVE_UP_AFTER_MS = 120_000;

const rate = (text: string): number => {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0 || value > 5000)
    throw new InvalidArgumentError('orders per second, above 0 and at most 5000, are needed.');
  return value;
};

const say = (line: string): void => void process.stderr.write(`${line}\n`);

const progressLine = (): ((progress: Progress) => void) => {
  let shownAt = 0;
  return ({ placed, ended, total }) => {
    const line = `  placed ${placed} of ${total}, ended ${ended}`;
    if (process.stderr.isTTY) process.stderr.write(`\r${line}${ended === total ? '\n' : ''}`);
    else if (ended === total || Date.now() - shownAt > 2_000) {
      shownAt = Date.now();
      say(line);
    }
  };
};

const print = async (outcomes: readonly Outcome[], json: boolean, client: FlockClient): Promise<void> => {
  const overall = percentiles(outcomes.flatMap(({ durationMs }) => durationMs ?? []));
  const undone =
    outcomes.find(({ actual }) => actual.reason === 'shipment-refused') ??
    outcomes.find(({ actual }) => actual.status === 'cancelled');
  const timeline = undone?.orderId === undefined ? undefined : await client.timeline(undone.orderId);
  const strays = outcomes.filter(({ asExpected }) => !asExpected);
  if (json) {
    process.stdout.write(
      `${JSON.stringify({ orders: outcomes.length, asExpected: outcomes.length - strays.length, durationMs: overall, outcomes, timeline }, null, 2)}\n`,
    );
    return;
  }
  process.stdout.write(`\n${outcomeTable(outcomes)}\n`);
  process.stdout.write(
    `From submit to the final state: p50 ${overall.p50} ms, p95 ${overall.p95} ms, p99 ${overall.p99} ms over ${overall.count} orders.\n`,
  );
  process.stdout.write(
    pc.dim('A delivered order includes the carrier: one second to the hand-over, one more to the door.\n\n'),
  );
  if (undone?.orderId !== undefined && timeline !== undefined)
    process.stdout.write(`${timelineText(undone.orderId, timeline)}\n\n`);
  for (const { ref, orderId, actual, expected } of strays) {
    process.stdout.write(
      `${pc.red('✗')} ${ref} (${orderId ?? 'no order'}): expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}\n`,
    );
  }
  process.stdout.write(
    strays.length === 0
      ? `${pc.green('✓')} All ${outcomes.length} orders ended as the file says.\n`
      : `${strays.length} of ${outcomes.length} orders did not end as the file says.\n`,
  );
};

const main = async (): Promise<number> => {
  const program = new Command('npm run demo --')
    .description(
      'Places real orders through the APIs, follows each one to its end and compares that with what the file expects.',
    )
    .option('--orders <file>', 'the orders, one JSON object per line', 'examples/orders.jsonl')
    .option('--stock <file>', 'the stock to receive first, one JSON object per line', 'examples/stock.jsonl')
    .option('--rate <n>', 'orders per second', rate, 50)
    .option('--json', 'print the result as JSON', false)
    .option('--data <dir>', 'the data folder of the stack to use', '.murmuration')
    .allowExcessArguments(false)
    .parse();
  const options = program.opts<Options>();
  const orders = readOrders(options.orders);
  const stock = readStock(options.stock);

  const found = findStack(resolve(options.data));
  if (found !== undefined && !found.ready)
    throw new StackError(`the stack on ${options.data} is still starting; wait for its table of URLs`);
  let own: Stack | undefined;
  let interrupted = false;
  const stopOwn = async (): Promise<void> => {
    if (own === undefined) return;
    say('  stopping the stack');
    await own.stop();
  };
  const interrupt = (): void => {
    if (interrupted) return;
    interrupted = true;
    void stopOwn().finally(() => process.exit(130));
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);

  try {
    if (found === undefined) {
      say('No stack is running; starting one for this demo.');
      const stack = await startStack({
        dataDir: join(resolve(options.data), 'demo'),
        root: resolve('.'),
        fresh: true,
        ports: 'free',
        say: (line) => say(`  ${pc.dim(line)}`),
        failed: (error) => {
          say(`${pc.red('error')}: ${error.message}`);
          interrupt();
        },
      });
      own = stack;
      if (interrupted) await stopOwn();
    }
    const client = flockClient(
      (own ?? found)?.urls ?? { orders: [], inventory: [], projections: [] },
      randomUUID().slice(0, 8),
    );
    say(`${orders.length} orders of ${options.orders}, ${options.rate} a second:`);
    const outcomes = await runDemo({
      orders,
      stock,
      client,
      rate: options.rate,
      giveUpAfterMs: GIVE_UP_AFTER_MS,
      progress: progressLine(),
    });
    await print(outcomes, options.json, client);
    return outcomes.every(({ asExpected }) => asExpected) ? 0 : 1;
  } finally {
    if (!interrupted) await stopOwn();
  }
};

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    const known = error instanceof DemoFileError || error instanceof StackError;
    say(
      `${pc.red('error')}: ${known ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
    process.exit(1);
  },
);
