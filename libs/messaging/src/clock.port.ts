import type { Instant } from '@murmuration/kernel';

/** Time as messaging knows it: only for pauses and figures, never for order. */
export type Clock = {
  now(): Instant;
  /** Calls once after the delay, in milliseconds. Returns what cancels it. */
  after(delayMs: number, fire: () => void): () => void;
};
