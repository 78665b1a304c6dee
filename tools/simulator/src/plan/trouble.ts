import type { Chance } from '@murmuration/testing';
import { FAULT_NAMES, type Fault } from '../faults/faults';

/** Something that befalls a part of the flock at an instant. */
export type Incident = {
  readonly fault: Fault;
  readonly target: string;
  readonly atMs: number;
  readonly durationMs: number;
};

/** In long trouble some of it takes so much longer, until more is missed than a short pause. */
const LONGER_BY = 4;

/** Those who have something to say. */
const SAYING_NAMES = ['orders', 'inventory', 'payments', 'shipping'] as const;

/** Faults that befall a process or a server at an instant; all others strike single calls. */
const INCIDENTS: Readonly<
  Partial<Record<Fault, { readonly durationMs: readonly [number, number]; readonly max: number }>>
> = {
  'process killed': { durationMs: [200, 4_000], max: 5 },
  'process restarted': { durationMs: [100, 1_000], max: 4 },
  'process frozen': { durationMs: [6_500, 15_000], max: 3 },
  'clock jumps': { durationMs: [1_000, 20_000], max: 4 },
  'database outage': { durationMs: [500, 8_000], max: 3 },
  'broker outage': { durationMs: [500, 8_000], max: 2 },
  'partner outage': { durationMs: [500, 18_000], max: 2 },
  'topic replayed': { durationMs: [1, 2], max: 2 },
  'garbage record': { durationMs: [1, 2], max: 3 },
  'redriven twice': { durationMs: [1, 2], max: 2 },
};

const HIGHEST_PROBABILITY: Readonly<Partial<Record<Fault, number>>> = {
  'commit outcome unknown': 0.3,
  'database refuses': 0.05,
  'serialization failure': 0.15,
  'value broken': 0.05,
  'slow request': 0.02,
  'slow answer': 0.02,
  'crash before a request': 0.003,
  'crash before an answer': 0.003,
  'record lost': 0.02,
  'delivery delayed': 0.2,
  'webhook never': 0.5,
  'webhook early': 0.5,
  'webhook twice': 0.5,
  'authorisation short': 0.1,
  'offsets lost': 0.5,
  'newer record': 0.3,
  'newer code': 0.7,
  'bell lost': 0.5,
  'database clock off': 1,
};
const USUAL_HIGHEST = 0.1;
/** Drawn by themselves, so that what was drawn before there were these stays as it was. */
export const NEWER_FAULTS: readonly Fault[] = ['serialization failure', 'value broken', 'database clock off'];
export const OLDER_FAULTS = FAULT_NAMES.filter((fault) => !NEWER_FAULTS.includes(fault));

const targetsOf = (fault: Fault, replicas: ReadonlyMap<string, number>): readonly string[] => {
  const nodes = [...replicas].flatMap(([service, count]) =>
    Array.from({ length: count }, (_, slot) => `${service}-${String(slot + 1)}`),
  );
  switch (fault) {
    case 'database outage':
    case 'redriven twice':
      return [...replicas.keys()];
    case 'topic replayed':
    case 'garbage record':
      return SAYING_NAMES;
    case 'broker outage':
      return ['broker'];
    case 'partner outage':
      return ['provider', 'carrier'];
    default:
      return nodes;
  }
};

/** What goes wrong in a run, for how long, and among whom. */
type Among = {
  readonly replicas: ReadonlyMap<string, number>;
  readonly troubleMs: number;
  readonly isLong: boolean;
};

export type Trouble = {
  readonly incidents: readonly Incident[];
  readonly probabilities: ReadonlyMap<Fault, number>;
};

/** Draws at what rate these faults strike. Half of them stay away from any one run. */
export const troubleOf = (
  faults: readonly Fault[],
  { replicas, troubleMs, isLong }: Among,
  chance: Chance,
): Trouble => {
  const present = faults.filter(() => chance.happens(0.5));
  const incidents = present.flatMap((fault): readonly Incident[] => {
    const kind = INCIDENTS[fault];
    if (kind === undefined) return [];
    return Array.from({ length: chance.integer(1, kind.max + 1) }, () => ({
      ...{ fault, target: chance.pick(targetsOf(fault, replicas)), atMs: chance.integer(1, troubleMs) },
      durationMs: chance.integer(...kind.durationMs) * (isLong && chance.happens(0.3) ? LONGER_BY : 1),
    }));
  });
  const probabilities = new Map(
    present
      .filter((fault) => INCIDENTS[fault] === undefined)
      .map((fault) => [fault, (HIGHEST_PROBABILITY[fault] ?? USUAL_HIGHEST) * chance.next() ** 2]),
  );
  return { incidents, probabilities };
};
