import { randomUUID } from 'node:crypto';
import { ErrorCode } from '../protocol/error-code';
import { ConsumerGroup } from './consumer-group';
import type { Identity, Joined, JoinWish, Reply, Synced, SyncWish } from './group-messages';

const SESSION_MS_MIN = 6_000;
const SESSION_MS_MAX = 1_800_000;
const GROUPS_MAX = 10_000;
const TIMER_MS_MAX = 0x7fffffff;

/** A clock in milliseconds that only goes forward, and one alarm. */
export type GroupClock = {
  nowMs(): number;
  /** Calls back after this time; the result takes that back. */
  alarm(afterMs: number, ring: () => void): () => void;
};

export const systemGroupClock: GroupClock = {
  nowMs: () => performance.now(),
  alarm: (afterMs, ring) => {
    let soon: NodeJS.Immediate | undefined;
    // Behind what the sockets hold: after a standstill of this process, heartbeats that came meanwhile count first.
    const timer = setTimeout(
      () => (soon = setImmediate(ring)),
      Math.min(Math.max(1, Math.ceil(afterMs)), TIMER_MS_MAX),
    );
    return () => {
      clearTimeout(timer);
      clearImmediate(soon);
    };
  },
};

/** All groups, and the one timer that they share: it is set for the nearest deadline of any of them. */
export class GroupCoordinator {
  private readonly groups = new Map<string, ConsumerGroup>();
  private alarmAtMs = Infinity;
  private cancelAlarm: () => void = () => undefined;

  constructor(
    private readonly clock: GroupClock,
    private readonly initialDelayMs: number,
  ) {}

  get(groupId: string): ConsumerGroup | undefined {
    return this.groups.get(groupId);
  }

  all(): readonly ConsumerGroup[] {
    return [...this.groups.values()];
  }

  join(groupId: string, wish: JoinWish, reply: Reply<Joined>): void {
    const refusal = this.joinFault(groupId, wish);
    if (refusal !== ErrorCode.none) {
      reply({
        errorCode: refusal,
        generationId: -1,
        protocolType: null,
        protocolName: null,
        leader: '',
        memberId: wish.memberId,
        members: [],
      });
      return;
    }
    const group = this.groups.get(groupId) ?? this.open(groupId);
    group.join(wish, this.clock.nowMs(), reply);
    this.settle(group);
  }

  private joinFault(groupId: string, { memberId, sessionTimeoutMs }: JoinWish): ErrorCode {
    if (groupId === '') return ErrorCode.invalidGroupId;
    if (sessionTimeoutMs < SESSION_MS_MIN || sessionTimeoutMs > SESSION_MS_MAX) return ErrorCode.invalidSessionTimeout;
    if (this.groups.has(groupId)) return ErrorCode.none;
    if (memberId !== '') return ErrorCode.unknownMemberId;
    return this.groups.size < GROUPS_MAX ? ErrorCode.none : ErrorCode.groupMaxSizeReached;
  }

  private open(groupId: string): ConsumerGroup {
    const group = new ConsumerGroup(groupId, {
      initialDelayMs: this.initialDelayMs,
      newMemberId: (clientId) => `${clientId}-${randomUUID()}`,
    });
    this.groups.set(groupId, group);
    return group;
  }

  sync(groupId: string, wish: SyncWish, reply: Reply<Synced>): void {
    const group = this.groups.get(groupId);
    if (group === undefined) {
      reply({
        errorCode: groupId === '' ? ErrorCode.invalidGroupId : ErrorCode.unknownMemberId,
        protocolType: null,
        protocolName: null,
        assignment: Buffer.alloc(0),
      });
      return;
    }
    group.sync(wish, this.clock.nowMs(), reply);
    this.settle(group);
  }

  heartbeat(groupId: string, identity: Identity): ErrorCode {
    const group = this.groups.get(groupId);
    if (group === undefined) return groupId === '' ? ErrorCode.invalidGroupId : ErrorCode.unknownMemberId;
    return group.heartbeat(identity, this.clock.nowMs());
  }

  leave(groupId: string, who: Omit<Identity, 'generationId'>): ErrorCode {
    const group = this.groups.get(groupId);
    if (group === undefined) return ErrorCode.unknownMemberId;
    const errorCode = group.leave(who, this.clock.nowMs());
    this.settle(group);
    return errorCode;
  }

  commitFault(groupId: string, identity: Identity): ErrorCode {
    const group = this.groups.get(groupId);
    if (group !== undefined) return group.commitFault(identity, this.clock.nowMs());
    return identity.generationId < 0 ? ErrorCode.none : ErrorCode.illegalGeneration;
  }

  stop(): void {
    this.cancelAlarm();
    this.alarmAtMs = -Infinity;
  }

  private settle(group: ConsumerGroup): void {
    if (group.isIdle) this.groups.delete(group.groupId);
    else this.alarmFor(group.nextDeadlineMs());
  }

  /** Deadlines that move away need no new alarm: it rings early once, and is set anew. */
  private alarmFor(deadlineMs: number): void {
    if (deadlineMs >= this.alarmAtMs) return;
    this.cancelAlarm();
    this.alarmAtMs = deadlineMs;
    this.cancelAlarm = this.clock.alarm(deadlineMs - this.clock.nowMs(), () => this.ring());
  }

  private ring(): void {
    this.alarmAtMs = Infinity;
    const nowMs = this.clock.nowMs();
    for (const group of this.all()) {
      if (group.nextDeadlineMs() <= nowMs) group.tick(nowMs);
      this.settle(group);
    }
  }
}
