import { decodeLink, watermarkKey } from '@murmuration/messaging';
import type { Log, NewRecord } from '../world/log';
import type { Find } from './findings';

/** What one log partition has sent to one topic-partition, by position. */
type Chain = { readonly ids: Map<number, string>; last: number };

/** Counts what the relays send, and knows what has been sent at least once. */
export type SentWatch = {
  /** Whether the event was sent. */
  readonly has: (eventId: string) => boolean;
  /** The source begins anew, from whatever is left of its log. */
  readonly forget: (source: string) => void;
};

/**
 * Watches that every relay sends its log in order and without a gap. What is new goes on exactly where the chain ended; all
 * else has been sent before.
 */
export const watchSent = (log: Log, find: Find): SentWatch => {
  const chains = new Map<string, Chain>();
  const sent = new Set<string>();

  const chainOf = (target: string): Chain => {
    let chain = chains.get(target);
    if (chain === undefined) {
      chain = { ids: new Map(), last: 0 };
      chains.set(target, chain);
    }
    return chain;
  };

  const follow = (record: NewRecord): void => {
    const link = decodeLink(record.headers);
    if (link === undefined) return;
    const { position, eventId, previous } = link;
    const target = `${record.topic}/${record.partition}`;
    const chain = chainOf(`${watermarkKey(link)} to ${target}`);
    if (position > chain.last) {
      if ((previous?.position ?? 0) !== chain.last)
        find(
          'order',
          record.key ?? target,
          `${target} gets ${position} after ${chain.last}, which names ${previous?.position ?? 'nothing'} as the one before`,
        );
      chain.last = position;
      chain.ids.set(position, eventId);
      sent.add(eventId);
    } else if (chain.ids.get(position) !== eventId) {
      find('order', record.key ?? target, `${target} gets ${position} although it has had ${chain.last} already`);
    }
  };

  log.onSent((records) => records.forEach(follow));
  return {
    has: (eventId) => sent.has(eventId),
    forget: (source) => {
      for (const name of [...chains.keys()]) if (name.startsWith(`${source}/`)) chains.delete(name);
    },
  };
};
