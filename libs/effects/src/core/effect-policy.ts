import type { QueryOutcome, SettledEffect } from '@murmuration/kernel';
import type { EffectCall } from '../agenda-listener';
import type { AgendaLimits } from '../agenda-limits';
import { backoffMs } from './backoff';

/** What follows from the answer to a call. */
export type NextStep<Result> =
  | { readonly do: 'settle'; readonly outcome: SettledEffect<Result> }
  | { readonly do: EffectCall; readonly afterMs: number; readonly reason: string };

type Facts = {
  /** Unclear answers so far, with this one. */
  readonly attempts: number;
  /** Since the effect was opened. */
  readonly ageMs: number;
  /** 0 to 1. */
  readonly chance: number;
};

/** An answer that tells neither how the call ended nor that it surely was never made. */
export const isUnclear = ({ outcome }: QueryOutcome<unknown>): boolean =>
  outcome === 'unknown' || outcome === 'not-yet';

export const nextStep = <Result>(
  answer: QueryOutcome<Result>,
  { attempts, ageMs, chance }: Facts,
  limits: Pick<AgendaLimits, 'backoffMs' | 'backoffMaxMs' | 'budgetMs'>,
): NextStep<Result> => {
  if (answer.outcome === 'done' || answer.outcome === 'refused') return { do: 'settle', outcome: answer };
  const reason = answer.outcome === 'not-found' ? 'the other side never heard of it' : answer.reason;
  if (ageMs >= limits.budgetMs) return { do: 'settle', outcome: { outcome: 'gave-up', reason } };
  if (answer.outcome === 'not-found') return { do: 'perform', afterMs: 0, reason };
  const afterMs = backoffMs(attempts, limits.backoffMs, limits.backoffMaxMs, chance);
  return { do: answer.outcome === 'unknown' ? 'query' : 'perform', afterMs, reason };
};
