import { randomInt } from 'node:crypto';
import { join, resolve } from 'node:path';
import { seededChance } from '@murmuration/testing';
import { flockClient, readOrders, readStock, runDemo, type DemoOrder, type Outcome } from '@murmuration/tool-demo';
import { startStack, StackError, whyNotHealthy } from '@murmuration/tool-stack';
import { Command, InvalidArgumentError } from 'commander';
import pc from 'picocolors';
import { findViolations } from './invariants';
import { killAtRandom, type Kill } from './killer';

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
const END_WITHIN_MS = 180_000;

const between =
  (least: number, most: number, whole = false) =>
  (text: string): number => {
    const value = Number(text);
    if (!Number.isFinite(value) || value < least || value > most || (whole && !Number.isInteger(value))) {
      throw new InvalidArgumentError(`a ${whole ? 'whole ' : ''}number from ${least} to ${most} is needed.`);
    }
    return value;
  };

const startedAt = Date.now();
const say = (line: string): void =>
  void process.stdout.write(`${pc.dim(`${((Date.now() - startedAt) / 1000).toFixed(1).padStart(6)} s`)}  ${line}\n`);

/** The file's orders over and over, as many as the rate and the time ask for. */
const ordersFor = (orders: readonly DemoOrder[], count: number): readonly DemoOrder[] =>
  Array.from({ length: count }, (_, index) => {
    const order = orders[index % orders.length];
    if (order === undefined) throw new StackError('the orders file is empty');
    return { ...order, ref: `${order.ref}-${Math.floor(index / orders.length)}` };
  });

const countBy = (kills: readonly Kill[]): string =>
  [...new Set(kills.map(({ unit }) => unit))]
    .sort()
    .map((unit) => `${unit} ×${kills.filter((kill) => kill.unit === unit).length}`)
    .join(', ');

const main = async (): Promise<number> => {
  const program = new Command('npm run chaos --')
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
    .parse();
  const { minutes, seed, rate, replicas, ...options } = program.opts<Options>();
  const orders = ordersFor(readOrders(options.orders), Math.ceil(minutes * 60 * rate));
  const stock = readStock(options.stock).map((row) => ({
    ...row,
    quantity: Math.min(1_000_000, row.quantity * Math.ceil(orders.length / 200)),
  }));
  say(`seed ${seed}: ${minutes} minutes of chaos under ${rate} orders a second (repeat it with --seed ${seed})`);

  const killing = new AbortController();
  let broken: StackError | undefined;
  const stack = await startStack({
    dataDir: resolve(options.data),
    root: resolve('.'),
    fresh: true,
    ports: 'free',
    replicas,
    deathsPerMinuteMax: Number.POSITIVE_INFINITY,
    say,
    failed: (error) => {
      broken = error;
      killing.abort();
    },
  });
  const interrupt = (): void => {
    killing.abort();
    void stack.stop().finally(() => process.exit(130));
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);

  try {
    const kills: Kill[] = [];
    const stopKilling = setTimeout(() => killing.abort(), minutes * 60_000);
    const isWell = async (): Promise<boolean> =>
      (await Promise.all(Object.values(stack.urls).flat().map(whyNotHealthy))).every((why) => why === undefined);
    const killer = killAtRandom({
      chance: seededChance(seed).next,
      pids: stack.pids,
      isWell,
      signal: killing.signal,
      killed: (kill) => {
        kills.push(kill);
        say(pc.yellow(`kill -9 ${kill.unit}`));
      },
    });
    let shownAt = 0;
    const load = runDemo({
      orders,
      stock,
      client: flockClient(stack.urls, `chaos-${seed}`),
      rate,
      giveUpAfterMs: END_WITHIN_MS,
      progress: ({ placed, ended, total }) => {
        if (Date.now() - shownAt < 5_000) return;
        shownAt = Date.now();
        say(`placed ${placed} of ${total}, ended ${ended}`);
      },
    });
    const [outcomes] = await Promise.all([load, killer]);
    clearTimeout(stopKilling);
    if (broken !== undefined) throw broken;
    return await verdict(
      stack.urls,
      outcomes,
      stock.map(({ sku }) => sku),
      kills,
      seed,
    );
  } finally {
    killing.abort();
    await stack.stop();
  }
};

const verdict = async (
  urls: Parameters<typeof findViolations>[0],
  outcomes: readonly Outcome[],
  skus: readonly string[],
  kills: readonly Kill[],
  seed: number,
): Promise<number> => {
  const strays = outcomes.filter(({ asExpected }) => !asExpected);
  say(
    `${kills.length} kills (${countBy(kills)}); ${outcomes.length} orders, ${outcomes.length - strays.length} ended as the file says`,
  );
  for (const { ref, orderId, expected, actual } of strays) {
    say(
      `${pc.red('✗')} ${ref} (${orderId ?? 'no order'}): expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`,
    );
  }
  const orderIds = outcomes.flatMap(({ orderId }) => orderId ?? []);
  const findings = await findViolations(urls, orderIds, skus);
  for (const { invariant, about, finding } of findings) say(`${pc.red('✗')} ${invariant}: ${about} ${finding}`);
  const sound = strays.length === 0 && findings.length === 0;
  say(
    sound
      ? pc.green('Every order ended, and I1 to I7 hold.')
      : pc.red(`The flock is not sound; repeat this run with --seed ${seed}.`),
  );
  return sound ? 0 : 1;
};

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${pc.red('error')}: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
