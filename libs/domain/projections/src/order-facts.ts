import type { Instant } from '@murmuration/kernel';
import { wordOf, type HeardOfOrder, type OrderWord } from './heard-order';

/** That something was said of an order: when, and why where a reason was given. */
export type Fact = { readonly at: Instant; readonly reason?: string; readonly detail?: string };

/** The set of facts heard of one order. */
export type OrderFacts = { readonly [Word in OrderWord]?: Fact };

export const knows = (facts: OrderFacts, ...words: readonly OrderWord[]): boolean =>
  words.some((word) => facts[word] !== undefined);

/** The set with one more fact; the very same set where it is no news. Of several words alike the earliest counts. */
export const withFact = (facts: OrderFacts, heard: HeardOfOrder): OrderFacts => {
  const { time: at, data } = heard;
  const word = wordOf(heard.name);
  const fact: Fact = {
    at,
    ...('reason' in data ? { reason: data.reason } : {}),
    ...('detail' in data && data.detail !== undefined ? { detail: data.detail } : {}),
  };
  const known = facts[word];
  if (known !== undefined && sortKey(known) <= sortKey(fact)) return facts;
  // Sorted, so that equal sets are equal as text too, in whatever order they came about.
  return Object.fromEntries(
    Object.entries({ ...facts, [word]: fact }).sort(([left], [right]) => (left < right ? -1 : 1)),
  );
};

const sortKey = ({ at, reason = '', detail = '' }: Fact): string => [at, reason, detail].join('\n');

export const latestOf = (facts: OrderFacts): Instant | undefined =>
  Object.values(facts).reduce<Instant | undefined>(
    (latest, { at }) => (latest === undefined || at > latest ? at : latest),
    undefined,
  );
