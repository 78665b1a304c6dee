import { epochMs } from '@murmuration/kernel';
import type { StoredEvent } from '@murmuration/event-store';
import type { SimulatedService } from '../world/world';
import type { Partner } from '../world/partners';
import type { Find } from './findings';
import type { LeaseWatch } from './lease-watch';

/** How long a process may not know yet that an outcome was stored: its database may be away. */
const KNOWN_AFTER_MS = 10_000;

export type CallWatch = {
  /** An event of the service that calls. */
  readonly stored: (event: StoredEvent) => void;
};

/**
 * Watches that only the holder of the agenda's lease calls a partner, and about nothing whose outcome has been stored for long:
 * to read a log anew calls nobody.
 */
export const watchCalls = (
  { binding: { service, agenda, codec } }: SimulatedService,
  partner: Pick<Partner<unknown, never, unknown>, 'onCall'>,
  leases: LeaseWatch,
  find: Find,
): CallWatch => {
  const closedAtMs = new Map<string, number>();
  partner.onCall((process, key, nowMs) => {
    const holder = leases.holderOf(`agenda:${service}:0`);
    if (holder !== process)
      find('lease', service, `${process} calls ${key} although ${holder ?? 'nobody'} has the agenda`);
    const closed = closedAtMs.get(key);
    if (closed !== undefined && nowMs - closed > KNOWN_AFTER_MS)
      find('I5', service, `${process} calls ${key}, whose outcome was stored ${nowMs - closed} ms before`);
  });
  return {
    stored: (event) => {
      for (const change of agenda?.changesOf(codec.decode(event)) ?? [])
        if (change.type === 'effect-closed') closedAtMs.set(change.key, epochMs(event.recordedAt));
        else if (change.type === 'effect-opened') closedAtMs.delete(change.key);
    },
  };
};
