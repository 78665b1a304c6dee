import { ErrorCode } from '../protocol/error-code';
import { ConsumerGroup } from './consumer-group';
import type { Joined, JoinWish, Synced } from './group-messages';

const SESSION_MS = 10_000;
const REBALANCE_MS = 30_000;

/** A group with a clock that stands still until it is moved, and the answers that came so far. */
const groupWith = ({ initialDelayMs = 0 } = {}) => {
  let ids = 0;
  let nowMs = 1000;
  const group = new ConsumerGroup('group', { initialDelayMs, newMemberId: (clientId) => `${clientId}${++ids}` });

  const wish = (memberId: string, overrides: Partial<JoinWish> = {}): JoinWish => ({
    memberId,
    groupInstanceId: null,
    clientId: 'm',
    clientHost: '/h',
    sessionTimeoutMs: SESSION_MS,
    rebalanceTimeoutMs: REBALANCE_MS,
    protocolType: 'consumer',
    protocols: [{ name: 'range', metadata: Buffer.from('meta') }],
    isTwoStep: false,
    ...overrides,
  });

  return {
    group,
    join: (memberId: string, overrides: Partial<JoinWish> = {}): Joined[] => {
      const answers: Joined[] = [];
      group.join(wish(memberId, overrides), nowMs, (joined) => answers.push(joined));
      return answers;
    },
    sync: (memberId: string, assignments: Readonly<Record<string, string>> = {}, generationId = group.generationId) => {
      const answers: Synced[] = [];
      const wanted = Object.entries(assignments).map(([id, text]) => ({ memberId: id, assignment: Buffer.from(text) }));
      const none = { groupInstanceId: null, protocolType: null, protocolName: null };
      group.sync({ memberId, generationId, assignments: wanted, ...none }, nowMs, (synced) => answers.push(synced));
      return answers;
    },
    heartbeat: (memberId: string, generationId = group.generationId) =>
      group.heartbeat({ memberId, generationId, groupInstanceId: null }, nowMs),
    commit: (memberId: string, generationId = group.generationId) =>
      group.commitFault({ memberId, generationId, groupInstanceId: null }, nowMs),
    leave: (memberId: string) => group.leave({ memberId, groupInstanceId: null }, nowMs),
    /** Moves the clock on, and rings whenever the group asked for it. */
    advance: (durationMs: number) => {
      const untilMs = nowMs + durationMs;
      while (group.nextDeadlineMs() <= untilMs) {
        nowMs = Math.max(nowMs, group.nextDeadlineMs());
        group.tick(nowMs);
      }
      nowMs = untilMs;
    },
  };
};

/** Two members, `m1` the leader, both at work. */
const stable = () => {
  const setup = groupWith();
  setup.join('');
  const second = setup.join('');
  setup.join('m1');
  expect(second[0]).toMatchObject({ memberId: 'm2', generationId: 2, leader: 'm1' });
  setup.sync('m2');
  setup.sync('m1', { m1: 'one', m2: 'two' });
  expect(setup.group.state).toBe('stable');
  return setup;
};

const code = (answers: readonly { readonly errorCode: ErrorCode }[]) => answers.map(({ errorCode }) => errorCode);

describe('a consumer group', () => {
  describe('joining', () => {
    it('makes the first member leader of the first generation at once', () => {
      const { join, group } = groupWith();
      expect(join('')).toEqual([
        {
          errorCode: ErrorCode.none,
          generationId: 1,
          protocolType: 'consumer',
          protocolName: 'range',
          leader: 'm1',
          memberId: 'm1',
          members: [{ memberId: 'm1', groupInstanceId: null, metadata: Buffer.from('meta') }],
        },
      ]);
      expect(group.state).toBe('completing');
    });

    it('waits for more members before the first generation when told to', () => {
      const { join, advance } = groupWith({ initialDelayMs: 100 });
      const first = join('');
      const second = join('');
      advance(99);
      expect([first, second]).toEqual([[], []]);
      advance(1);
      expect(first[0]).toMatchObject({ generationId: 1, leader: 'm1' });
      expect(second[0]).toMatchObject({ generationId: 1, leader: 'm1', members: [] });
    });

    it('waits for all members it knows', () => {
      const { join } = stable();
      const third = join('');
      expect(third).toEqual([]);
      join('m1');
      expect(third).toEqual([]);
      join('m2');
      expect(third[0]).toMatchObject({ generationId: 3, leader: 'm1', members: [] });
    });

    it('goes on without members that do not come back within the longest rebalance time', () => {
      const { join, heartbeat, advance, group } = stable();
      const third = join('');
      join('m1');
      for (let elapsedMs = 0; elapsedMs < REBALANCE_MS - 5000; elapsedMs += 5000) {
        advance(5000);
        expect(heartbeat('m2')).toBe(ErrorCode.rebalanceInProgress);
      }
      advance(5000);
      expect(third[0]).toMatchObject({ generationId: 3 });
      expect(group.members.map(({ memberId }) => memberId)).toEqual(['m1', 'm3']);
      expect(heartbeat('m2')).toBe(ErrorCode.unknownMemberId);
    });

    it('does not let the session of a member lapse that waits for the others', () => {
      const { join, heartbeat, advance, group } = stable();
      join('');
      join('m1');
      for (let turn = 0; turn < 5; turn++) {
        advance(5000);
        heartbeat('m2');
      }
      join('m2');
      expect(group.members).toHaveLength(3);
    });

    it('tells a newcomer its id, and lets the id lapse when nobody comes with it', () => {
      const { join, advance, group } = groupWith();
      expect(join('', { isTwoStep: true })[0]).toMatchObject({ errorCode: ErrorCode.memberIdRequired, memberId: 'm1' });
      expect(group.isIdle).toBe(false);
      advance(SESSION_MS);
      expect(group.isIdle).toBe(true);
      expect(code(join('m1'))).toEqual([ErrorCode.unknownMemberId]);
    });

    it('gives a follower that asks again the generation it has, and a leader a new one', () => {
      const { join, group } = stable();
      expect(join('m2')[0]).toMatchObject({ errorCode: ErrorCode.none, generationId: 2 });
      expect(group.state).toBe('stable');
      join('m1');
      expect(group.state).toBe('preparing');
    });

    it('divides anew when a follower says something new about itself', () => {
      const { join, group } = stable();
      join('m2', { protocols: [{ name: 'range', metadata: Buffer.from('other') }] });
      expect(group.state).toBe('preparing');
    });

    it('chooses the protocol that most prefer among those that all know', () => {
      const { join, group } = groupWith({ initialDelayMs: 10 });
      const [a, b, c] = ['a', 'b', 'c'].map((name) => ({ name, metadata: Buffer.from(name) }));
      join('', { protocols: [c!, a!, b!] });
      join('', { protocols: [b!, a!] });
      join('', { protocols: [b!, a!] });
      group.tick(2000);
      expect(group.protocolName).toBe('b');
      expect(group.members.map(({ memberId }) => memberId)).toHaveLength(3);
    });

    it.each([
      ['another kind of protocol', { protocolType: 'connect' }],
      ['no protocol that all know', { protocols: [{ name: 'other', metadata: Buffer.alloc(0) }] }],
      ['no protocol at all', { protocols: [] }],
    ])('refuses a member with %s', (_, overrides) => {
      const { join } = stable();
      expect(code(join('', overrides))).toEqual([ErrorCode.inconsistentGroupProtocol]);
    });

    it('refuses a member beyond its greatest size', () => {
      const { join } = groupWith({ initialDelayMs: 10 });
      for (let count = 0; count < 1000; count++) join('');
      expect(code(join(''))).toEqual([ErrorCode.groupMaxSizeReached]);
    });

    it('fences off the former id of a static member that comes back', () => {
      const { join, group, heartbeat } = groupWith();
      join('', { groupInstanceId: 'static' });
      expect(join('', { groupInstanceId: 'static' })[0]).toMatchObject({ memberId: 'm2', leader: 'm2' });
      expect(group.members).toHaveLength(1);
      expect(heartbeat('m1')).toBe(ErrorCode.unknownMemberId);
      expect(code(join('m1', { groupInstanceId: 'static' }))).toEqual([ErrorCode.fencedInstanceId]);
    });
  });

  describe('syncing', () => {
    it('keeps followers waiting for the leader, and then hands out what it said', () => {
      const { join, sync, group } = groupWith({ initialDelayMs: 10 });
      join('');
      join('');
      group.tick(2000);
      const follower = sync('m2');
      expect(follower).toEqual([]);
      const leader = sync('m1', { m1: 'one', m2: 'two', stranger: 'x' });
      expect(leader[0]).toMatchObject({ errorCode: ErrorCode.none, assignment: Buffer.from('one') });
      expect(follower[0]).toMatchObject({ errorCode: ErrorCode.none, assignment: Buffer.from('two') });
    });

    it('answers once more what was handed out', () => {
      expect(stable().sync('m2')[0]).toMatchObject({ assignment: Buffer.from('two') });
    });

    it('sends those who wait back to joining when the division begins again', () => {
      const { join, sync } = stable();
      join('');
      join('m1');
      join('m2');
      const waiting = sync('m2');
      join('');
      expect(code(waiting)).toEqual([ErrorCode.rebalanceInProgress]);
    });

    it('keeps those who wait when the leader they wait for is gone', () => {
      const { group, join, sync, advance, heartbeat } = groupWith({ initialDelayMs: 10 });
      join('');
      join('');
      group.tick(2000);
      const waiting = sync('m2');
      advance(SESSION_MS + 1000);
      expect(code(waiting)).toEqual([ErrorCode.rebalanceInProgress]);
      expect(heartbeat('m2')).toBe(ErrorCode.rebalanceInProgress);
      expect(join('m2')[0]).toMatchObject({ errorCode: ErrorCode.none, leader: 'm2' });
      expect(group.members.map(({ memberId }) => memberId)).toEqual(['m2']);
    });

    it('removes members that joined and never synced', () => {
      const { group, join, heartbeat, advance } = groupWith();
      join('');
      for (let elapsedMs = 0; elapsedMs < REBALANCE_MS; elapsedMs += 5000) {
        heartbeat('m1');
        advance(5000);
      }
      expect(group.state).toBe('empty');
    });

    it('refuses strangers, generations that are over and rebalances under way', () => {
      const { sync, join } = stable();
      expect(code(sync('stranger'))).toEqual([ErrorCode.unknownMemberId]);
      expect(code(sync('m2', {}, 1))).toEqual([ErrorCode.illegalGeneration]);
      join('m1');
      expect(code(sync('m2'))).toEqual([ErrorCode.rebalanceInProgress]);
    });
  });

  describe('at work', () => {
    it('removes a member whose session lapses, and tells the others', () => {
      const { heartbeat, advance, group } = stable();
      advance(SESSION_MS - 1);
      expect(heartbeat('m1')).toBe(ErrorCode.none);
      advance(1);
      expect(group.members.map(({ memberId }) => memberId)).toEqual(['m1']);
      expect(heartbeat('m1')).toBe(ErrorCode.rebalanceInProgress);
    });

    it('makes another member leader when the leader leaves', () => {
      const { leave, join } = stable();
      expect(leave('m1')).toBe(ErrorCode.none);
      expect(join('m2')[0]).toMatchObject({ generationId: 3, leader: 'm2', members: [{ memberId: 'm2' }] });
    });

    it('is empty when the last member has left, and counts its generations on', () => {
      const { leave, join, group } = stable();
      leave('m1');
      leave('m2');
      expect(group.state).toBe('empty');
      expect(group.nextDeadlineMs()).toBe(Infinity);
      expect(join('')[0]!.generationId).toBeGreaterThan(2);
    });

    it('takes commits of its members, and of nobody else', () => {
      const { commit, join } = stable();
      expect(commit('m1')).toBe(ErrorCode.none);
      expect(commit('m1', 1)).toBe(ErrorCode.illegalGeneration);
      expect(commit('stranger')).toBe(ErrorCode.unknownMemberId);
      expect(commit('', -1)).toBe(ErrorCode.unknownMemberId);
      join('m1');
      expect(commit('m2')).toBe(ErrorCode.none);
      join('m2');
      expect(commit('m2')).toBe(ErrorCode.rebalanceInProgress);
    });

    it('takes commits without a name while it is empty', () => {
      expect(groupWith().commit('', -1)).toBe(ErrorCode.none);
    });

    it('asks for nothing by itself but at its nearest deadline', () => {
      const { group, heartbeat, advance } = stable();
      expect(group.nextDeadlineMs()).toBe(1000 + SESSION_MS);
      advance(4000);
      heartbeat('m1');
      expect(group.nextDeadlineMs()).toBe(1000 + SESSION_MS);
      heartbeat('m2');
      expect(group.nextDeadlineMs()).toBe(5000 + SESSION_MS);
    });
  });
});
