import type { Clock } from '@murmuration/messaging';
import type { Timing } from '@murmuration/effects';
import { plusMs } from '@murmuration/kernel';
import type { Decisions } from '../faults/decisions';
import type { VirtualTime } from '../time/virtual-time';

/** How an ask of the outside goes: what it costs in time and whether it, or its answer, gets lost. */
export type Fate = {
  readonly there: 'arrives' | 'lost';
  readonly back: 'arrives' | 'lost';
  /** What the asker is told when nothing comes back. */
  readonly failure: () => Error;
  /** How long the asker waits before it is told so. */
  readonly failsAfterMs: number;
  /** Whether it must not overtake what was asked of this name before. */
  readonly inOrder?: boolean;
};

/** A process of the flock as its surroundings see it: it runs, stands still, or has ended, and all it does goes through here. */
export type Process = {
  readonly name: string;
  /** What a site of it is called where chance decides. */
  readonly at: (site: string) => string;
  readonly isAlive: () => boolean;
  readonly isFrozen: () => boolean;
  /** Its wall clock, which may be wrong, and timers that end with it. */
  readonly clock: Clock;
  readonly timing: Timing;
  /** Does something in the process: at once, when it goes on again, or never when it has ended. */
  readonly run: (work: () => void) => void;
  /** Asks somebody outside. The promise stays open for ever when the process ends before the answer. */
  readonly ask: <Answer>(site: string, serve: () => Answer | Promise<Answer>, fate?: Fate) => Promise<Answer>;
  readonly kill: () => void;
  readonly freeze: (durationMs: number) => void;
  readonly thaw: () => void;
  readonly jumpClock: (offsetMs: number) => void;
};

export type Surroundings = { readonly time: VirtualTime; readonly decisions: Decisions };

const WAY_MAX_MS = 4;
const SLOW_FACTOR = 100;

/** A promise of the answer, also when there is none; one that is a promise already is waited for as it is. */
const answered = <Answer>(serve: () => Answer | Promise<Answer>): Promise<Answer> => {
  try {
    return Promise.resolve(serve());
  } catch (error) {
    return Promise.reject(error); // eslint-disable-line @typescript-eslint/prefer-promise-reject-errors -- because what the other side threw is passed on as it is
  }
};

/** `onCrash` is told when the process has ended in the middle of asking somebody. */
export const startProcess = (
  name: string,
  { time, decisions }: Surroundings,
  onCrash: () => void = () => {},
): Process => {
  let alive = true;
  let thawsAtMs = 0;
  let clockOffsetMs = 0;
  let waiting: (() => void)[] = [];

  const isFrozen = (): boolean => thawsAtMs > time.nowMs();
  const thaw = (): void => {
    thawsAtMs = 0;
    const ready = waiting;
    waiting = [];
    for (const work of ready) if (alive) work();
  };
  const run = (work: () => void): void => {
    if (!alive) return;
    if (isFrozen()) waiting.push(work);
    else work();
  };
  const after = (delayMs: number, fire: () => void): (() => void) => {
    let cancelled = false;
    const cancel = time.after(delayMs, () => {
      if (alive)
        run(() => {
          if (!cancelled) fire();
        });
    });
    return () => {
      cancelled = true;
      cancel();
    };
  };

  /** Every ask needs these names several times. */
  const names = new Map<string, { readonly there: string; readonly back: string }>();
  const namesOf = (site: string) => {
    const known = names.get(site) ?? { there: `${name} ${site}`, back: `${name} ${site} back` };
    names.set(site, known);
    return known;
  };
  const at = (site: string): string => namesOf(site).there;

  /** When what goes one way in order arrives last, by what was asked. */
  const arrivesAtMs = { there: new Map<string, number>(), back: new Map<string, number>() };
  const wayMs = (way: 'there' | 'back', site: string, inOrder = false): number => {
    const usualMs = Math.floor(decisions.draw(namesOf(site)[way]) * WAY_MAX_MS);
    const isSlow = decisions.strikes(way === 'there' ? 'slow request' : 'slow answer', at(site));
    const ms = isSlow ? (usualMs + 1) * SLOW_FACTOR : usualMs;
    if (!inOrder) return ms;
    const atMs = Math.max(time.nowMs() + ms, arrivesAtMs[way].get(site) ?? 0);
    arrivesAtMs[way].set(site, atMs);
    return atMs - time.nowMs();
  };
  const kill = (): void => {
    alive = false;
    waiting = [];
  };
  const crashes = (fault: 'crash before an answer' | 'crash before a request', site: string): boolean => {
    if (!decisions.strikes(fault, at(site))) return false;
    kill();
    onCrash();
    return true;
  };

  const ask: Process['ask'] = (site, serve, fate) =>
    new Promise((resolve, reject) => {
      if (!alive || crashes('crash before a request', site)) return;
      const fail = (failure: () => Error, delayMs: number): void =>
        void time.after(delayMs, () => run(() => reject(failure())));
      if (fate?.there === 'lost') return fail(fate.failure, fate.failsAfterMs);
      const comeBack = (tell: () => void): void => {
        const backInMs = wayMs('back', site, fate?.inOrder);
        if (backInMs === 0) run(tell);
        else time.after(backInMs, () => run(tell));
      };
      time.after(wayMs('there', site, fate?.inOrder), () => {
        // What was sent arrives, whatever has become of the sender.
        answered(serve).then(
          (answer) => {
            if (alive && crashes('crash before an answer', site)) return;
            if (fate?.back === 'lost') fail(fate.failure, fate.failsAfterMs);
            else comeBack(() => resolve(answer));
          },
          (error: unknown) => comeBack(() => reject(error)), // eslint-disable-line @typescript-eslint/prefer-promise-reject-errors -- because what the other side threw is passed on as it is
        );
      });
    });

  return {
    name,
    at,
    isAlive: () => alive,
    isFrozen,
    clock: { now: () => (clockOffsetMs === 0 ? time.now() : plusMs(time.now(), clockOffsetMs)), after },
    timing: { monotonicMs: time.nowMs, after, chance: () => decisions.draw(`${name} chance`) },
    run,
    ask,
    kill,
    freeze: (durationMs) => {
      thawsAtMs = time.nowMs() + durationMs;
      time.after(durationMs, () => {
        if (alive && thawsAtMs !== 0 && thawsAtMs <= time.nowMs()) thaw();
      });
    },
    thaw,
    jumpClock: (offsetMs) => {
      clockOffsetMs = offsetMs;
    },
  };
};
