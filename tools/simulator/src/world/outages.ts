import type { VirtualTime } from '../time/virtual-time';

/** A server that can be away for a while. */
export type Outage = {
  readonly isDown: () => boolean;
  readonly begin: (durationMs: number) => void;
  readonly end: () => void;
  /** How long until it is back. */
  readonly leftMs: () => number;
};

export const outage = (time: VirtualTime): Outage => {
  let backAtMs = 0;
  return {
    isDown: () => backAtMs > time.nowMs(),
    begin: (durationMs) => {
      backAtMs = Math.max(backAtMs, time.nowMs() + durationMs);
    },
    end: () => {
      backAtMs = 0;
    },
    leftMs: () => Math.max(0, backAtMs - time.nowMs()),
  };
};
