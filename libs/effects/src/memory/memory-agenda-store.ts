import { type Instant, epochMs, instantOfEpochMs, plusMs } from '@murmuration/kernel';
import type {
  AgendaChanges,
  AgendaStore,
  ApplyOutcome,
  ClaimOutcome,
  DeadlineRow,
  OpenEffectRow,
} from '../agenda-store.port';

type Term = { epoch: number; position: number; pausedMs: number; aliveAt?: Instant };
type KeptEffect = Omit<OpenEffectRow, 'nextAttemptInMs'> & { readonly nextAttemptAt: Instant };

/** The agenda of one log partition. */
type Part = {
  readonly term: Term;
  readonly effects: Map<string, KeptEffect>;
  readonly deadlines: Map<string, DeadlineRow>;
};

const byInstant =
  <Row>(at: (row: Row) => Instant) =>
  (left: Row, right: Row): number =>
    epochMs(at(left)) - epochMs(at(right));

/** Keeps the agenda in this process. */
export const memoryAgendaStore = ({ now }: { readonly now: () => Instant }): AgendaStore => {
  const parts = new Map<number, Part>();
  const partOf = (logPartition: number): Part => {
    const part = parts.get(logPartition) ?? {
      term: { epoch: 0, position: 0, pausedMs: 0 },
      effects: new Map<string, KeptEffect>(),
      deadlines: new Map<string, DeadlineRow>(),
    };
    parts.set(logPartition, part);
    return part;
  };

  const claim = (logPartition: number, epoch: number): ClaimOutcome => {
    const { term } = partOf(logPartition);
    if (epoch < term.epoch) return { outcome: 'fenced' };
    const { position, pausedMs, aliveAt } = term;
    const moment = now();
    Object.assign(term, { epoch, aliveAt: aliveAt ?? moment });
    return { outcome: 'claimed', now: moment, position, pausedMs, ...(aliveAt === undefined ? {} : { aliveAt }) };
  };

  const apply = (changes: AgendaChanges): ApplyOutcome => {
    const { logPartition, epoch, position, pausedMs } = changes;
    const { term, effects, deadlines } = partOf(logPartition);
    if (epoch < term.epoch || position < term.position) return { outcome: 'fenced' };
    const moment = now();
    Object.assign(term, { epoch, position, pausedMs, aliveAt: moment });
    for (const { nextAttemptInMs, ...row } of changes.effects)
      effects.set(row.key, { ...row, nextAttemptAt: plusMs(moment, nextAttemptInMs) });
    for (const key of changes.closedEffects) effects.delete(key);
    for (const row of changes.deadlines) deadlines.set(row.key, row);
    for (const key of changes.clearedDeadlines) deadlines.delete(key);
    return { outcome: 'applied', now: moment };
  };

  const openEffects = (logPartition: number, limit: number): readonly OpenEffectRow[] =>
    [...partOf(logPartition).effects.values()]
      .sort(byInstant(({ nextAttemptAt }) => nextAttemptAt))
      .slice(0, limit)
      .map(({ nextAttemptAt, ...row }) => ({
        ...row,
        nextAttemptInMs: Math.max(epochMs(nextAttemptAt) - epochMs(now()), 0),
      }));

  const dueDeadlines = (logPartition: number, pausedMs: number, limit: number): readonly DeadlineRow[] => {
    const ripeBy = instantOfEpochMs(epochMs(now()) - pausedMs);
    return [...partOf(logPartition).deadlines.values()]
      .filter(({ ripeAt }) => ripeAt <= ripeBy)
      .sort(byInstant(({ ripeAt }) => ripeAt))
      .slice(0, limit);
  };

  const reset = (logPartition: number, epoch: number): ApplyOutcome => {
    const { term, effects, deadlines } = partOf(logPartition);
    if (epoch < term.epoch) return { outcome: 'fenced' };
    effects.clear();
    deadlines.clear();
    Object.assign(term, { epoch, position: 0, aliveAt: now() });
    return { outcome: 'applied', now: now() };
  };

  const sum = (count: (part: Part) => number): number =>
    [...parts.values()].reduce((total, part) => total + count(part), 0);

  return {
    claim: (logPartition, epoch) => Promise.resolve(claim(logPartition, epoch)),
    apply: (changes) => Promise.resolve(apply(changes)),
    openEffects: (logPartition, limit) => Promise.resolve(openEffects(logPartition, limit)),
    dueDeadlines: (logPartition, pausedMs, limit) =>
      Promise.resolve({ now: now(), deadlines: dueDeadlines(logPartition, pausedMs, limit) }),
    counts: () =>
      Promise.resolve({
        effects: sum(({ effects }) => effects.size),
        deadlines: sum(({ deadlines }) => deadlines.size),
      }),
    reset: (logPartition, epoch) => Promise.resolve(reset(logPartition, epoch)),
  };
};
