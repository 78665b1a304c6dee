import type { Coordination, Lease } from '@murmuration/event-store';
import { epochMs, type Instant } from '@murmuration/kernel';
import type { Inbox, InboxPart, InboxVerdict } from '@murmuration/messaging';

/** Whoever looks at a database from its own side, where nothing gets lost on the way. */
export type DatabaseWatcher = {
  /** What a consumer heard was stored, by its topic-partitions. */
  readonly heardStored?: (parts: readonly InboxPart[]) => void;
  /** A lease was given or renewed until then, by the clock of the database. */
  readonly leaseGiven?: (lease: Lease, nowMs: number, untilMs: number) => void;
  readonly leaseRefused?: (name: string, holder: string, nowMs: number) => void;
  readonly leaseReturned?: (lease: Lease) => void;
  /** Another server took over, which need not know all that this one did. */
  readonly failedOver?: () => void;
};

export const watchedInbox = (inbox: Inbox, watchers: readonly DatabaseWatcher[]): Inbox => {
  const tell = async (parts: readonly InboxPart[], verdict: Promise<InboxVerdict>): Promise<InboxVerdict> => {
    const decided = await verdict;
    if (decided.outcome === 'committed') for (const { heardStored } of watchers) heardStored?.(parts);
    return decided;
  };
  return {
    ...inbox,
    commit: (batch) => tell([batch], inbox.commit(batch)),
    commitTogether: (parts, append) => tell(parts, inbox.commitTogether(parts, append)),
  };
};

export const watchedCoordination = (
  coordination: Coordination,
  now: () => Instant,
  watchers: readonly DatabaseWatcher[],
): Coordination => ({
  ...coordination,
  acquire: async (...asked) => {
    const [name, holder, durationMs] = asked;
    const nowMs = epochMs(now());
    const answer = await coordination.acquire(...asked);
    for (const { leaseGiven, leaseRefused } of watchers)
      if (answer.outcome === 'held') leaseGiven?.(answer.lease, nowMs, nowMs + durationMs);
      else leaseRefused?.(name, holder, nowMs);
    return answer;
  },
  release: async (lease) => {
    await coordination.release(lease);
    for (const { leaseReturned } of watchers) leaseReturned?.(lease);
  },
});
