import type { Heard } from '@murmuration/contracts';
import { STOCK_HOLD_MS } from '@murmuration/domain-inventory';
import { standingOf, type Standing } from '@murmuration/domain-orders';
import { derivedId, type Executed, type StoredEvent } from '@murmuration/event-store';
import { instant, murmur2, type Instant, type Message } from '@murmuration/kernel';
import { decisionsOf, type Decision } from '../faults/decisions';
import type { Fault } from '../faults/faults';
import { scripted } from './scripted';
import type { Finding } from '../oracle/findings';
import { oracleOf } from '../oracle/oracle';
import type { Plan } from '../plan/plan';
import type { TracedMessage } from '../run/simulate';
import { turnOfEventLoop } from '../time/real-time';
import { virtualTime } from '../time/virtual-time';
import { startWorld, type World, type WorldOptions } from '../world/world';

/** What a customer orders in a scenario; everything has a default. */
export type Wish = {
  readonly token?: string;
  readonly country?: string;
  readonly lines?: readonly { readonly sku: string; readonly quantity: number; readonly unitPriceMinor?: number }[];
  readonly deadlineMs?: number;
  readonly orderId?: string;
};

/** The flock on a stage: a script says what happens when, looks at what came of it, and lets time pass in between. */
export type Stage = {
  readonly world: World;
  readonly nowMs: () => number;
  readonly now: () => Instant;
  /** Places an order and waits for the answer. */
  readonly place: (wish?: Wish) => Promise<string>;
  /** Presses cancel and waits for the answer. */
  readonly cancel: (orderId: string) => Promise<Executed>;
  /** Any command to a service, from outside; the same key is the same request. Fails the scenario when nobody answers. */
  readonly ask: (service: string, key: string, command: Message & { readonly orderId?: string }) => Promise<Executed>;
  readonly standing: (orderId: string) => Standing | undefined;
  /** The state of any stream of a service, folded anew from its events. */
  readonly read: (service: string, streamId: string) => Promise<unknown>;
  readonly events: (service: string, streamId: string) => Promise<readonly StoredEvent[]>;
  /** The announced events of an order so far, as `payments.payment-authorized.v1`, in the order in which they were stored. */
  readonly said: (orderId: string) => readonly Heard[];
  /** The fault strikes the next times that it could at a site that the pattern matches. */
  readonly arm: (fault: Fault, site?: RegExp, times?: number) => void;
  /** Whether every fault that was armed has struck as often as it should. */
  readonly isStruck: () => boolean;
  /** How often such a message went between two parts of the flock or its partners. */
  readonly told: (isMeant: (message: TracedMessage) => boolean) => number;
  readonly pass: (durationMs: number) => Promise<void>;
  /** Waits for something to become true; fails the scenario when it does not in time. */
  readonly until: (what: string, isTrue: () => boolean | Promise<boolean>, withinMs?: number) => Promise<void>;
  /** Faults end, and everything goes on until nothing more does; then all invariants must hold. */
  readonly rest: () => Promise<void>;
  /** As `rest`, for a script that has broken an invariant on purpose and wants to see it found. */
  readonly judge: () => Promise<readonly Finding[]>;
  readonly expect: (what: string, isTrue: boolean) => void;
  readonly count: (what: string | RegExp) => number;
};

export type ScenarioResult = {
  readonly failure?: string;
  readonly findings: readonly Finding[];
  readonly messages: readonly TracedMessage[];
  /** What went wrong on purpose, and when. */
  readonly taken: readonly Decision[];
  /** What held, in the words of the script. */
  readonly held: readonly string[];
  readonly virtualMs: number;
  readonly hash: string;
};

export type StageOptions = {
  /** How long stock is held for an order that does not move on; an hour by default, as in production. */
  readonly holdMs?: number;
  readonly replicas?: Readonly<Record<string, number>>;
  readonly partitions?: number;
  readonly stock?: Readonly<Record<string, number>>;
  readonly carrierMs?: Plan['carrierMs'];
  readonly seed?: number;
} & WorldOptions;

const START = instant('2026-03-01T09:00:00.000Z');
const SHIP_TO = { name: 'Ada Byron', street: 'Lindengasse 7', city: 'Wien', postalCode: '1070' };
const UNTIL_MS = 60_000;
const POLL_MS = 5;
const POLL_MAX_MS = 500;
const QUIET_MS = 7_000;
const REST_MAX_MS = 60 * 60_000;
const STEPS_MAX = 5_000_000;
const DEADLINE_MS = 15 * 60_000;

class ScenarioFailed extends Error {
  override readonly name = 'ScenarioFailed';
}

const planOfStage = ({
  replicas = {},
  partitions = 2,
  stock = {},
  carrierMs,
  holdMs = STOCK_HOLD_MS,
  seed = 1,
}: StageOptions): Plan => ({
  ...{
    seed,
    orders: [],
    incidents: [],
    stockMoves: [],
    customers: [],
    probabilities: new Map(),
    bounds: {},
    partitions,
    holdMs,
    hasOperators: false,
    troubleMs: 0,
  },
  replicas: new Map(Object.entries(replicas)),
  stock: new Map(Object.entries({ KETTLE: 1_000, ...stock })),
  carrierMs: carrierMs ?? { handOverMs: 500, deliverMs: 500 },
});

/** Plays a script on virtual time. The same script gives the same run. */
export const play = async (
  script: (stage: Stage) => Promise<void>,
  options: StageOptions = {},
): Promise<ScenarioResult> => {
  const plan = planOfStage(options);
  const time = virtualTime(START);
  const decisions = scripted(decisionsOf({ seed: plan.seed, probabilities: plan.probabilities, nowMs: time.nowMs }));
  const messages: TracedMessage[] = [];
  const findings: Finding[] = [];
  const held: string[] = [];
  let hash = 0;
  let lastChangeMs = 0;
  let placed = 0;

  const note = (message: Omit<TracedMessage, 'atMs'>): void => void messages.push({ atMs: time.nowMs(), ...message });
  const world = startWorld(
    plan,
    { time, decisions },
    {
      heard: (to, { source, subject, name }) =>
        note({ from: source, to, orderId: subject, text: name.split('.')[1] ?? name }),
      call: note,
    },
    options,
  );
  const oracle = oracleOf(world, (service, { eventId, type }) => {
    hash = murmur2(`${hash} ${time.nowMs()} ${service} ${type} ${eventId}`);
    lastChangeMs = time.nowMs();
  });

  const pass = (durationMs: number): Promise<void> => new Promise((resume) => void time.after(durationMs, resume));
  const expect: Stage['expect'] = (what, isTrue) => {
    if (!isTrue) throw new ScenarioFailed(`not so: ${what}`);
    held.push(what);
  };
  const ask: Stage['ask'] = async (service, key, command) => {
    const addressed = { commandId: derivedId('scenario', key), orderId: command.orderId ?? key };
    const answer = await world.gateway.execute(service, command, addressed);
    if (answer === 'no-answer') throw new ScenarioFailed(`${service} never answered ${command.type}`);
    return answer;
  };
  const events: Stage['events'] = async (service, streamId) =>
    (await world.serviceOf(service).database.tables.store.readStreams([{ streamId }])).get(streamId) ?? [];

  const until: Stage['until'] = async (what, isTrue, withinMs = UNTIL_MS) => {
    const startedMs = time.nowMs();
    while (!(await isTrue())) {
      const waitedMs = time.nowMs() - startedMs;
      if (waitedMs >= withinMs) throw new ScenarioFailed(`not within ${withinMs} ms: ${what}`);
      await pass(Math.min(POLL_MS + Math.floor(waitedMs / 100), POLL_MAX_MS));
    }
    held.push(what);
  };

  const judge: Stage['judge'] = async () => {
    decisions.heal();
    world.heal();
    const startedAtMs = time.nowMs();
    for (;;) {
      await pass(QUIET_MS / 7);
      const quietMs = time.nowMs() - Math.max(lastChangeMs, startedAtMs);
      if (quietMs >= QUIET_MS && (await oracle.isEverythingSettled())) break;
      if (time.nowMs() - startedAtMs > REST_MAX_MS) throw new ScenarioFailed('the flock does not come to rest');
    }
    return oracle.judge();
  };
  const rest: Stage['rest'] = async () => {
    findings.push(...(await judge()));
    if (findings.length === 0) held.push('all invariants hold at rest');
  };

  const stage: Stage = {
    world,
    nowMs: time.nowMs,
    now: time.now,
    place: async ({ token = 'tok_ok', country = 'AT', lines = [{ sku: 'KETTLE', quantity: 2 }], ...wish } = {}) => {
      const orderId = wish.orderId ?? derivedId('scenario-order', String(++placed));
      const answer = await ask('orders', `place ${orderId}`, {
        ...{ type: 'PlaceOrder', orderId, customerId: 'c-1', currency: 'EUR', paymentToken: token, now: time.now() },
        ...{ deadlineMs: wish.deadlineMs ?? DEADLINE_MS, shipTo: { ...SHIP_TO, country } },
        lines: lines.map((line) => ({ unitPriceMinor: 1_250, ...line })),
      } as Message & { readonly orderId: string }); // because every field of the command is there
      expect(`the order of ${JSON.stringify(lines)} is accepted`, answer.outcome !== 'rejected');
      return orderId;
    },
    cancel: (orderId) =>
      ask('orders', `cancel ${orderId} at ${time.nowMs()}`, {
        ...{ type: 'RequestCancellation', orderId, reason: 'customer-requested', now: time.now() },
      }), // as above
    ask,
    standing: (orderId) => {
      const order = oracle.order(orderId);
      return order === undefined || order.stage === 'absent' ? undefined : standingOf(order);
    },
    read: async (service, streamId) => {
      const { model, codec } = world.serviceOf(service).binding;
      const stored = await events(service, streamId);
      return stored.reduce((state, event) => model.evolve(state, codec.decode(event)), model.initial(streamId));
    },
    events,
    said: (orderId) => oracle.said().filter(({ subject }) => subject === orderId),
    arm: (fault, site = /./, times = 1) => decisions.arm(fault, site, times),
    isStruck: () => decisions.unstruck().length === 0,
    told: (isMeant) => messages.filter(isMeant).length,
    pass,
    until,
    rest,
    judge,
    expect,
    count: (what) =>
      [...world.tally.counts()]
        .filter(([name]) => (typeof what === 'string' ? name === what : what.test(name)))
        .reduce((sum, [, times]) => sum + times, 0),
  };

  let failure: string | undefined;
  let isOver = false;
  const playing = (async () => {
    for (const [sku, quantity] of plan.stock)
      await ask('inventory', `received ${sku}`, { type: 'ReceiveStock', sku, quantity, now: time.now() } as Message); // because every field of the command is there
    await script(stage);
    const unstruck = decisions.unstruck();
    if (unstruck.length > 0) throw new ScenarioFailed(`armed and never struck: ${unstruck.join('; ')}`);
  })()
    .catch((error: unknown) => {
      failure = error instanceof Error ? error.message : String(error);
    })
    .finally(() => {
      isOver = true;
    });
  for (let steps = 0; !isOver && findings.length === 0 && steps < STEPS_MAX; steps++) {
    time.advance(Number.MAX_SAFE_INTEGER);
    await turnOfEventLoop();
    findings.push(...(await oracle.observe()));
  }
  if (isOver) await playing;
  return {
    ...(failure === undefined ? {} : { failure }),
    ...{
      findings,
      messages,
      taken: decisions.taken(),
      held,
      virtualMs: time.nowMs(),
      hash: (hash >>> 0).toString(16).padStart(8, '0'),
    },
  };
};
