import { assert, epochMs, instantOfEpochMs, type Instant } from '@murmuration/kernel';

/** Time that passes only when it is told to, from one due timer to the next. Delays are whole milliseconds. */
export type VirtualTime = {
  /** Milliseconds since the start. */
  readonly nowMs: () => number;
  readonly now: () => Instant;
  /** Fires once after the delay; timers of one instant fire in the order in which they were set. Returns what cancels it. */
  readonly after: (delayMs: number, fire: () => void) => () => void;
  /** Goes on to the next instant at which anything is due and fires all of it; false when nothing is due before `untilMs`. */
  readonly advance: (untilMs: number) => boolean;
  /** Whether anything is to come at all. */
  readonly hasTimers: () => boolean;
};

type Timer = { readonly dueMs: number; readonly nth: number; fire: (() => void) | undefined };

const isBefore = (left: Timer, right: Timer): boolean =>
  left.dueMs < right.dueMs || (left.dueMs === right.dueMs && left.nth < right.nth);

/** A binary heap of timers, the next one first. */
const timerHeap = () => {
  const heap: Timer[] = [];
  const swap = (left: number, right: number): void => {
    [heap[left], heap[right]] = [heap[right]!, heap[left]!];
  };
  return {
    first: (): Timer | undefined => heap[0],
    push: (timer: Timer): void => {
      let at = heap.push(timer) - 1;
      for (let parent = (at - 1) >> 1; at > 0 && isBefore(timer, heap[parent]!); parent = (at - 1) >> 1) {
        swap(at, parent);
        at = parent;
      }
    },
    removeFirst: (): void => {
      const last = heap.pop();
      if (last === undefined || heap.length === 0) return;
      heap[0] = last;
      for (let at = 0; ;) {
        const left = 2 * at + 1;
        let least = at;
        for (const child of [left, left + 1])
          if (child < heap.length && isBefore(heap[child]!, heap[least]!)) least = child;
        if (least === at) return;
        swap(at, least);
        at = least;
      }
    },
  };
};

export const virtualTime = (start: Instant): VirtualTime => {
  const startMs = epochMs(start);
  const timers = timerHeap();
  let nowMs = 0;
  let set = 0;
  let nowText: { readonly atMs: number; readonly text: Instant } = { atMs: 0, text: start };

  return {
    nowMs: () => nowMs,
    now: () => {
      if (nowText.atMs !== nowMs) nowText = { atMs: nowMs, text: instantOfEpochMs(startMs + nowMs) };
      return nowText.text;
    },
    after: (delayMs, fire) => {
      assert(delayMs >= 0, `a delay of 0 ms or more, got ${delayMs}`);
      const timer: Timer = { dueMs: nowMs + Math.ceil(delayMs), nth: set++, fire };
      timers.push(timer);
      return () => {
        timer.fire = undefined;
      };
    },
    hasTimers: () => timers.first() !== undefined,
    advance: (untilMs) => {
      for (;;) {
        const next = timers.first();
        if (next === undefined || next.dueMs > untilMs) {
          nowMs = Math.max(nowMs, untilMs);
          return false;
        }
        if (next.fire === undefined) {
          timers.removeFirst();
          continue;
        }
        nowMs = next.dueMs;
        for (let due = timers.first(); due !== undefined && due.dueMs <= nowMs; due = timers.first()) {
          timers.removeFirst();
          due.fire?.();
        }
        return true;
      }
    },
  };
};
