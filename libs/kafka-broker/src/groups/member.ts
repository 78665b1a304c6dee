import type { Joined, JoinWish, Protocol, Reply, Synced } from './group-messages';

/** One member of a group. A reply that is set is a client waiting for it, whose session cannot lapse meanwhile. */
export type Member = {
  memberId: string;
  readonly groupInstanceId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  sessionTimeoutMs: number;
  rebalanceTimeoutMs: number;
  protocols: readonly Protocol[];
  assignment: Buffer;
  hasSynced: boolean;
  sessionDeadlineMs: number;
  joinReply: Reply<Joined> | undefined;
  syncReply: Reply<Synced> | undefined;
};

export const NO_ASSIGNMENT = Buffer.alloc(0);

// Copied, since the wish is a view of a request's frame and the member outlives it.
const keep = (protocols: readonly Protocol[]): readonly Protocol[] =>
  protocols.map(({ name, metadata }) => ({ name, metadata: Buffer.from(metadata) }));

export const memberFrom = (memberId: string, wish: JoinWish): Member => ({
  memberId,
  groupInstanceId: wish.groupInstanceId,
  clientId: wish.clientId,
  clientHost: wish.clientHost,
  sessionTimeoutMs: wish.sessionTimeoutMs,
  rebalanceTimeoutMs: wish.rebalanceTimeoutMs,
  protocols: keep(wish.protocols),
  assignment: NO_ASSIGNMENT,
  hasSynced: false,
  sessionDeadlineMs: Infinity,
  joinReply: undefined,
  syncReply: undefined,
});

export const update = (member: Member, wish: JoinWish): void => {
  member.sessionTimeoutMs = wish.sessionTimeoutMs;
  member.rebalanceTimeoutMs = wish.rebalanceTimeoutMs;
  member.protocols = keep(wish.protocols);
};

export const hasProtocols = (member: Member, protocols: readonly Protocol[]): boolean =>
  member.protocols.length === protocols.length &&
  member.protocols.every(
    ({ name, metadata }, index) => protocols[index]!.name === name && protocols[index]!.metadata.equals(metadata),
  );

export const isWaiting = (member: Member): boolean => member.joinReply !== undefined || member.syncReply !== undefined;

/** The protocols that all members know, in the order of the first. */
export const sharedProtocols = (members: readonly Member[]): readonly string[] =>
  (members[0]?.protocols ?? [])
    .map(({ name }) => name)
    .filter((name) => members.every(({ protocols }) => protocols.some((protocol) => protocol.name === name)));

/** The protocol that most members prefer among those that all know. */
export const votedProtocol = (members: readonly Member[]): string => {
  const shared = sharedProtocols(members);
  const votes = new Map<string, number>(shared.map((name) => [name, 0]));
  for (const { protocols } of members) {
    const choice = protocols.find(({ name }) => votes.has(name))?.name;
    if (choice !== undefined) votes.set(choice, votes.get(choice)! + 1);
  }
  return [...votes].reduce((best, candidate) => (candidate[1] > best[1] ? candidate : best), ['', -1] as const)[0];
};
