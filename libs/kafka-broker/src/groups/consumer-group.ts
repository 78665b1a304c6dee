import { ErrorCode } from '../protocol/error-code';
import type { Identity, Joined, JoinWish, Reply, Synced, SyncWish } from './group-messages';
import {
  hasProtocols,
  isWaiting,
  type Member,
  memberFrom,
  NO_ASSIGNMENT,
  sharedProtocols,
  update,
  votedProtocol,
} from './member';

/*
 * empty ──join──▶ preparing ──all joined, or time over──▶ completing ──the leader's sync──▶ stable
 *   ▲                 ▲  │                                     │                               │
 *   └──nobody joined──┘◀─┴──── a member comes, goes, lapses or changes ────────────────────────┘
 */
export type GroupState = 'empty' | 'preparing' | 'completing' | 'stable';

export type GroupOptions = {
  /** How long a group that was empty waits for more members before its first generation. */
  readonly initialDelayMs: number;
  readonly newMemberId: (clientId: string) => string;
};

const GROUP_SIZE_MAX = 1000;

/**
 * One consumer group: a synchronous state machine whose clock is an argument. Replies may be given during any call;
 * `tick` must be called when `nextDeadlineMs` has come.
 */
export class ConsumerGroup {
  state: GroupState = 'empty';
  generationId = 0;
  protocolType: string | null = null;
  protocolName: string | null = null;
  private leader = '';
  private readonly membersById = new Map<string, Member>();
  private readonly memberIdByInstance = new Map<string, string>();
  /** Ids told to newcomers who have not come back with them yet, and until when they are awaited. */
  private readonly pending = new Map<string, number>();
  private notBeforeMs = 0;
  private rebalanceDeadlineMs = Infinity;

  constructor(
    readonly groupId: string,
    private readonly options: GroupOptions,
  ) {}

  get members(): readonly Member[] {
    return [...this.membersById.values()];
  }

  get isIdle(): boolean {
    return this.state === 'empty' && this.pending.size === 0;
  }

  join(wish: JoinWish, nowMs: number, reply: Reply<Joined>): void {
    const refuse = (errorCode: ErrorCode, memberId = wish.memberId): void => reply(joinRefused(errorCode, memberId));
    if (!this.canFollow(wish)) return refuse(ErrorCode.inconsistentGroupProtocol);
    if (wish.memberId === '') return this.admit(wish, nowMs, reply);
    if (this.pending.delete(wish.memberId)) return this.add(memberFrom(wish.memberId, wish), wish, nowMs, reply);
    const fault = this.faultOf(wish);
    if (fault !== ErrorCode.none) return refuse(fault);
    this.rejoin(this.membersById.get(wish.memberId)!, wish, nowMs, reply);
  }

  private canFollow({ memberId, protocolType, protocols }: JoinWish): boolean {
    if (protocolType === '' || protocols.length === 0) return false;
    const others = this.members.filter((member) => member.memberId !== memberId);
    if (others.length === 0) return true;
    if (protocolType !== this.protocolType) return false;
    const shared = sharedProtocols(others);
    return protocols.some(({ name }) => shared.includes(name));
  }

  private admit(wish: JoinWish, nowMs: number, reply: Reply<Joined>): void {
    const memberId = this.options.newMemberId(wish.clientId);
    const formerId = wish.groupInstanceId === null ? undefined : this.memberIdByInstance.get(wish.groupInstanceId);
    if (formerId !== undefined) return this.replace(this.membersById.get(formerId)!, memberId, wish, nowMs, reply);
    if (this.membersById.size + this.pending.size >= GROUP_SIZE_MAX) {
      return reply(joinRefused(ErrorCode.groupMaxSizeReached, ''));
    }
    if (wish.isTwoStep && wish.groupInstanceId === null) {
      this.pending.set(memberId, nowMs + wish.sessionTimeoutMs);
      return reply(joinRefused(ErrorCode.memberIdRequired, memberId));
    }
    this.add(memberFrom(memberId, wish), wish, nowMs, reply);
  }

  private add(member: Member, wish: JoinWish, nowMs: number, reply: Reply<Joined>): void {
    this.membersById.set(member.memberId, member);
    if (member.groupInstanceId !== null) this.memberIdByInstance.set(member.groupInstanceId, member.memberId);
    this.protocolType = wish.protocolType;
    member.joinReply = reply;
    this.rebalance(nowMs);
  }

  /** A static member came back under a new id: the old id is fenced off. */
  private replace(member: Member, memberId: string, wish: JoinWish, nowMs: number, reply: Reply<Joined>): void {
    this.membersById.delete(member.memberId);
    this.release(member, ErrorCode.fencedInstanceId);
    if (this.leader === member.memberId) this.leader = memberId;
    this.add(memberFrom(memberId, wish), wish, nowMs, reply);
  }

  private rejoin(member: Member, wish: JoinWish, nowMs: number, reply: Reply<Joined>): void {
    const isUnchanged = hasProtocols(member, wish.protocols);
    const mayKeepGeneration =
      this.state === 'completing' || (this.state === 'stable' && member.memberId !== this.leader);
    if (isUnchanged && mayKeepGeneration) {
      this.renew(member, nowMs);
      return reply(this.joinedOf(member));
    }
    this.release(member, ErrorCode.rebalanceInProgress);
    update(member, wish);
    member.joinReply = reply;
    this.rebalance(nowMs);
  }

  private rebalance(nowMs: number): void {
    if (this.state !== 'preparing') {
      for (const member of this.members) {
        member.assignment = NO_ASSIGNMENT;
        member.hasSynced = false;
        // Its session stood still while it waited, and goes on from here.
        if (member.syncReply !== undefined) this.renew(member, nowMs);
        this.answerSync(member, ErrorCode.rebalanceInProgress);
      }
      this.notBeforeMs = this.state === 'empty' ? nowMs + this.options.initialDelayMs : nowMs;
      this.rebalanceDeadlineMs = Math.max(this.notBeforeMs, nowMs + this.longestRebalanceMs());
      this.state = 'preparing';
    }
    this.completeIfAllJoined(nowMs);
  }

  private longestRebalanceMs(): number {
    return this.members.reduce((longest, { rebalanceTimeoutMs }) => Math.max(longest, rebalanceTimeoutMs), 0);
  }

  private hasEveryoneJoined(): boolean {
    return this.pending.size === 0 && this.members.every(({ joinReply }) => joinReply !== undefined);
  }

  private completeIfAllJoined(nowMs: number): void {
    if (this.state === 'preparing' && nowMs >= this.notBeforeMs && this.hasEveryoneJoined()) this.completeJoin(nowMs);
  }

  private completeJoin(nowMs: number): void {
    for (const member of this.members) if (member.joinReply === undefined) this.forget(member);
    this.generationId += 1;
    if (this.membersById.size === 0) {
      this.becomeEmpty();
      return;
    }
    this.protocolName = votedProtocol(this.members);
    if (!this.membersById.has(this.leader)) this.leader = this.members[0]!.memberId;
    this.state = 'completing';
    this.rebalanceDeadlineMs = nowMs + this.longestRebalanceMs();
    for (const member of this.members) {
      const reply = member.joinReply;
      member.joinReply = undefined;
      this.renew(member, nowMs);
      reply?.(this.joinedOf(member));
    }
  }

  private becomeEmpty(): void {
    this.state = 'empty';
    this.leader = '';
    this.protocolName = null;
    this.protocolType = null;
    this.rebalanceDeadlineMs = Infinity;
  }

  private joinedOf(member: Member): Joined {
    const metadataOf = ({ protocols }: Member): Buffer =>
      protocols.find(({ name }) => name === this.protocolName)?.metadata ?? NO_ASSIGNMENT;
    return {
      errorCode: ErrorCode.none,
      generationId: this.generationId,
      protocolType: this.protocolType,
      protocolName: this.protocolName,
      leader: this.leader,
      memberId: member.memberId,
      members:
        member.memberId === this.leader
          ? this.members.map((each) => ({
              memberId: each.memberId,
              groupInstanceId: each.groupInstanceId,
              metadata: metadataOf(each),
            }))
          : [],
    };
  }

  sync(wish: SyncWish, nowMs: number, reply: Reply<Synced>): void {
    const fault = this.faultOf(wish) || this.generationFaultOf(wish) || this.protocolFaultOf(wish);
    if (fault !== ErrorCode.none) return reply(syncRefused(fault));
    if (this.state === 'preparing') return reply(syncRefused(ErrorCode.rebalanceInProgress));
    const member = this.membersById.get(wish.memberId)!;
    this.renew(member, nowMs);
    member.hasSynced = true;
    if (this.state === 'stable') return reply(this.syncedOf(member));
    this.answerSync(member, ErrorCode.rebalanceInProgress);
    member.syncReply = reply;
    if (member.memberId === this.leader) this.assign(wish, nowMs);
  }

  private assign({ assignments }: SyncWish, nowMs: number): void {
    for (const { memberId, assignment } of assignments) {
      const member = this.membersById.get(memberId);
      if (member !== undefined) member.assignment = Buffer.from(assignment);
    }
    this.state = 'stable';
    this.rebalanceDeadlineMs = Infinity;
    for (const member of this.members) {
      if (member.syncReply !== undefined) this.renew(member, nowMs);
      this.answerSync(member, ErrorCode.none);
    }
  }

  private syncedOf(member: Member): Synced {
    const { protocolType, protocolName } = this;
    return { errorCode: ErrorCode.none, protocolType, protocolName, assignment: member.assignment };
  }

  private answerSync(member: Member, errorCode: ErrorCode): void {
    const reply = member.syncReply;
    member.syncReply = undefined;
    reply?.(errorCode === ErrorCode.none ? this.syncedOf(member) : syncRefused(errorCode));
  }

  heartbeat(identity: Identity, nowMs: number): ErrorCode {
    const fault = this.faultOf(identity) || this.generationFaultOf(identity);
    if (fault !== ErrorCode.none) return fault;
    this.renew(this.membersById.get(identity.memberId)!, nowMs);
    return this.state === 'preparing' ? ErrorCode.rebalanceInProgress : ErrorCode.none;
  }

  leave(who: { readonly memberId: string; readonly groupInstanceId: string | null }, nowMs: number): ErrorCode {
    if (this.pending.delete(who.memberId)) {
      this.completeIfAllJoined(nowMs);
      return ErrorCode.none;
    }
    const byInstance = who.groupInstanceId === null ? undefined : this.memberIdByInstance.get(who.groupInstanceId);
    const memberId = who.memberId === '' ? (byInstance ?? '') : who.memberId;
    const fault = this.faultOf({ ...who, memberId });
    if (fault === ErrorCode.none) this.remove(this.membersById.get(memberId)!, nowMs);
    return fault;
  }

  /** Whether offsets may be committed under this name; a nameless commit only while nobody consumes. */
  commitFault(identity: Identity, nowMs: number): ErrorCode {
    if (identity.generationId < 0 && identity.memberId === '' && this.state === 'empty') return ErrorCode.none;
    const fault = this.faultOf(identity) || this.generationFaultOf(identity);
    if (fault !== ErrorCode.none) return fault;
    this.renew(this.membersById.get(identity.memberId)!, nowMs);
    return this.state === 'completing' ? ErrorCode.rebalanceInProgress : ErrorCode.none;
  }

  private faultOf({ memberId, groupInstanceId }: Omit<Identity, 'generationId'>): ErrorCode {
    if (groupInstanceId !== null) {
      const current = this.memberIdByInstance.get(groupInstanceId);
      if (current !== undefined && current !== memberId) return ErrorCode.fencedInstanceId;
    }
    return this.membersById.has(memberId) ? ErrorCode.none : ErrorCode.unknownMemberId;
  }

  private generationFaultOf({ generationId }: Identity): ErrorCode {
    return generationId === this.generationId ? ErrorCode.none : ErrorCode.illegalGeneration;
  }

  private protocolFaultOf({ protocolType, protocolName }: SyncWish): ErrorCode {
    const agrees =
      (protocolType === null || protocolType === this.protocolType) &&
      (protocolName === null || protocolName === this.protocolName);
    return agrees ? ErrorCode.none : ErrorCode.inconsistentGroupProtocol;
  }

  private renew(member: Member, nowMs: number): void {
    member.sessionDeadlineMs = nowMs + member.sessionTimeoutMs;
  }

  private release(member: Member, errorCode: ErrorCode): void {
    const reply = member.joinReply;
    member.joinReply = undefined;
    reply?.(joinRefused(errorCode, member.memberId));
    this.answerSync(member, errorCode);
  }

  private forget(member: Member): void {
    this.membersById.delete(member.memberId);
    if (member.groupInstanceId !== null) this.memberIdByInstance.delete(member.groupInstanceId);
    this.release(member, ErrorCode.unknownMemberId);
  }

  private remove(member: Member, nowMs: number): void {
    this.forget(member);
    this.rebalance(nowMs);
  }

  /** When `tick` has to be called next; infinite while nothing is due by itself. */
  nextDeadlineMs(): number {
    let next = this.rebalanceDeadlineMs;
    if (this.state === 'preparing' && this.hasEveryoneJoined()) next = Math.min(next, this.notBeforeMs);
    for (const deadlineMs of this.pending.values()) next = Math.min(next, deadlineMs);
    for (const member of this.membersById.values()) {
      if (!isWaiting(member)) next = Math.min(next, member.sessionDeadlineMs);
    }
    return next;
  }

  /** Lets lapse what is due: ids nobody came back with, sessions, and a rebalance that took too long. */
  tick(nowMs: number): void {
    for (const [memberId, deadlineMs] of this.pending) if (deadlineMs <= nowMs) this.pending.delete(memberId);
    for (const member of this.members) {
      const isGone = !isWaiting(member) && member.sessionDeadlineMs <= nowMs;
      if (isGone) this.remove(member, nowMs);
    }
    if (this.rebalanceDeadlineMs > nowMs) {
      this.completeIfAllJoined(nowMs);
    } else if (this.state === 'preparing') {
      this.completeJoin(nowMs);
    } else if (this.state === 'completing') {
      for (const member of this.members) if (!member.hasSynced) this.forget(member);
      this.rebalance(nowMs);
    }
  }
}

const joinRefused = (errorCode: ErrorCode, memberId: string): Joined => ({
  errorCode,
  generationId: -1,
  protocolType: null,
  protocolName: null,
  leader: '',
  memberId,
  members: [],
});

const syncRefused = (errorCode: ErrorCode): Synced => ({
  errorCode,
  protocolType: null,
  protocolName: null,
  assignment: NO_ASSIGNMENT,
});
