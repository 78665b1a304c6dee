import type { Heard } from '@murmuration/contracts';
import type { StoredEvent } from '@murmuration/event-store';
import { epochMs, instant, murmur2 } from '@murmuration/kernel';
import { decisionsOf, type Decision } from '../faults/decisions';
import type { Fault } from '../faults/faults';
import type { Finding } from '../oracle/findings';
import { oracleOf } from '../oracle/oracle';
import type { Plan } from '../plan/plan';
import { turnOfEventLoop } from '../time/real-time';
import { virtualTime } from '../time/virtual-time';
import { startWorld, type World } from '../world/world';
import { scheduleLife } from './life';

export type RunOptions = {
  /** Only these decisions may be taken, for shrinking. */
  readonly only?: ReadonlySet<string>;
  /** Whether every message is kept, to be drawn. */
  readonly traced?: boolean;
};

/** A message between two parts of the flock or its partners, for whoever draws the run. */
export type TracedMessage = {
  readonly atMs: number;
  readonly from: string;
  readonly to: string;
  readonly orderId: string;
  readonly text: string;
};

export type RunResult = {
  readonly seed: number;
  readonly findings: readonly Finding[];
  readonly decisions: readonly Decision[];
  readonly struck: ReadonlyMap<Fault, number>;
  readonly counts: ReadonlyMap<string, number>;
  readonly stored: ReadonlyMap<string, number>;
  readonly statuses: ReadonlyMap<string, string>;
  /** The same for the same seed and the same code. */
  readonly hash: string;
  readonly steps: number;
  readonly virtualMs: number;
  readonly messages: readonly TracedMessage[];
};

const START = instant('2026-03-01T09:00:00.000Z');
const STEPS_MAX = 2_000_000;
const HEALING_MAX_MS = 30 * 60_000;
/** How long nothing may happen before nothing goes on any more: longer than any pause between two attempts. */
const QUIET_MS = 7_000;
/** As long as anything is parked that will be redriven: whose place its consumer takes may only have been found dead just now. */
const QUIET_BEFORE_REDRIVE_MS = 20_000;
const PARKED_MAX = 1_000;
const LOOK_EVERY_MS = 1_000;
/** In this part of all runs everything that was ever sent is heard again long after it has come to its end. */
const LONG_AFTER = 0.1;
const LONG_AFTER_MS = 30 * 60_000;
const LONG_AFTER_ALL = 'everything is heard again long after';

/** Runs the whole flock through one plan: first with faults, then healed until nothing goes on any more. */
export const simulate = async (plan: Plan, { only, traced = false }: RunOptions = {}): Promise<RunResult> => {
  const time = virtualTime(START);
  const decisions = decisionsOf({
    ...{ seed: plan.seed, probabilities: plan.probabilities, nowMs: time.nowMs },
    ...(only === undefined ? {} : { only }),
  });
  const surroundings = { time, decisions };
  const messages: TracedMessage[] = [];
  let hash = 0;
  let lastChangeMs = 0;
  let steps = 0;

  const note = (message: Omit<TracedMessage, 'atMs'>): void => {
    if (traced) messages.push({ atMs: time.nowMs(), ...message });
  };
  const world = startWorld(plan, surroundings, {
    heard: (hearer, heard: Heard) =>
      note({ from: heard.source, to: hearer, orderId: heard.subject, text: heard.name.split('.')[1] ?? heard.name }),
    call: note,
  });
  const noteStored = (service: string, { eventId, type, recordedAt }: StoredEvent): void => {
    hash = murmur2(`${hash} ${time.nowMs()} ${service} ${type} ${eventId} ${recordedAt}`);
    lastChangeMs = time.nowMs();
  };
  const oracle = oracleOf(world, noteStored, { punctualFromMs: epochMs(START) + plan.troubleMs });
  const findings: Finding[] = [];

  const step = async (untilMs: number): Promise<boolean> => {
    const isMore = time.advance(untilMs);
    await turnOfEventLoop();
    findings.push(...(await oracle.observe()));
    steps += 1;
    return isMore;
  };
  const goOnUntil = async (untilMs: number): Promise<void> => {
    while (findings.length === 0 && steps < STEPS_MAX && (await step(untilMs)));
    if (findings.length === 0 && steps >= STEPS_MAX)
      findings.push({ invariant: 'I4', finding: `still goes on after ${STEPS_MAX} steps`, subject: 'the flock' });
  };

  /** Goes on until nothing more happens, and looks whether all is well then. */
  const comeToRest = async (): Promise<void> => {
    const sinceMs = time.nowMs();
    let isSettled = false;
    while (findings.length === 0 && !isSettled && time.nowMs() - sinceMs < HEALING_MAX_MS) {
      await goOnUntil(time.nowMs() + LOOK_EVERY_MS);
      const quietMs = time.nowMs() - Math.max(lastChangeMs, sinceMs);
      isSettled = quietMs >= QUIET_MS && (await oracle.isEverythingSettled());
      if (isSettled && quietMs < QUIET_BEFORE_REDRIVE_MS) isSettled = !(await isKeyWaiting(world));
    }
    if (findings.length === 0 && !isSettled)
      findings.push({ invariant: 'I4', finding: await openWork(world), subject: 'the flock' });
    if (findings.length === 0) findings.push(...(await oracle.judge()));
  };

  scheduleLife(plan, world, surroundings, oracle);
  await goOnUntil(plan.troubleMs);
  decisions.heal();
  world.heal();
  await comeToRest();
  if (findings.length === 0 && decisions.draw('long after') < LONG_AFTER && decisions.takesPlace(LONG_AFTER_ALL)) {
    world.standStill(LONG_AFTER_MS);
    await goOnUntil(time.nowMs() + LONG_AFTER_MS);
    world.hearAgain();
    await comeToRest();
  }
  return {
    ...{ seed: plan.seed, findings, decisions: decisions.taken(), struck: decisions.struck() },
    ...{ counts: world.tally.counts(), stored: oracle.stored(), statuses: oracle.statuses() },
    ...{ hash: (hash >>> 0).toString(16).padStart(8, '0'), steps, virtualMs: time.nowMs(), messages },
  };
};

const isKeyWaiting = async ({ services }: World): Promise<boolean> => {
  for (const { database } of services.values()) {
    const parked = await database.tables.inbox.listParked({ limit: PARKED_MAX });
    if (parked.some(({ holdsKey }) => holdsKey)) return true;
  }
  return false;
};

const openWork = async (world: World): Promise<string> => {
  const open: string[] = [];
  for (const [name, { database }] of world.services) {
    const { effects } = await database.tables.agendaStore.counts();
    if (effects > 0) open.push(`${name} has ${effects} open calls`);
  }
  return `does not come to rest: ${open.join(', ') || 'orders are open'}`;
};
