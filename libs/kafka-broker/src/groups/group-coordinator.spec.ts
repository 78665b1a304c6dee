import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { ErrorCode } from '../protocol/error-code';
import { GroupCoordinator, systemGroupClock } from './group-coordinator';
import type { Joined } from './group-messages';

const manualGroupClock = () => {
  let nowMs = 0;
  let alarm: { readonly atMs: number; readonly ring: () => void } | undefined;
  let set = 0;
  return {
    clock: {
      nowMs: () => nowMs,
      alarm: (afterMs: number, ring: () => void) => {
        set += 1;
        const own = { atMs: nowMs + afterMs, ring };
        alarm = own;
        return () => {
          if (alarm === own) alarm = undefined;
        };
      },
    },
    advance: (durationMs: number) => {
      const untilMs = nowMs + durationMs;
      while (alarm !== undefined && alarm.atMs <= untilMs) {
        const { atMs, ring } = alarm;
        alarm = undefined;
        nowMs = atMs;
        ring();
      }
      nowMs = untilMs;
    },
    alarmsSet: () => set,
    isSet: () => alarm !== undefined,
  };
};

const wish = (memberId: string, sessionTimeoutMs = 10_000) => ({
  memberId,
  groupInstanceId: null,
  clientId: 'client',
  clientHost: '/h',
  sessionTimeoutMs,
  rebalanceTimeoutMs: 10_000,
  protocolType: 'consumer',
  protocols: [{ name: 'range', metadata: Buffer.alloc(0) }],
  isTwoStep: false,
});

describe('the group coordinator', () => {
  const coordinator = () => {
    const time = manualGroupClock();
    const groups = new GroupCoordinator(time.clock, 0);
    const join = (groupId: string, memberId = '', sessionTimeoutMs?: number): Joined => {
      const answers: Joined[] = [];
      groups.join(groupId, wish(memberId, sessionTimeoutMs), (joined) => answers.push(joined));
      return answers[0]!;
    };
    const sync = (groupId: string, { memberId, generationId }: Joined) => {
      const none = { groupInstanceId: null, protocolType: null, protocolName: null };
      groups.sync(groupId, { memberId, generationId, assignments: [], ...none }, () => undefined);
    };
    return { groups, join, sync, ...time };
  };

  it.each([
    ['no name', '', '', 10_000, ErrorCode.invalidGroupId],
    ['too short a session', 'group', '', 5_999, ErrorCode.invalidSessionTimeout],
    ['too long a session', 'group', '', 1_800_001, ErrorCode.invalidSessionTimeout],
    ['a member of a group nobody knows', 'group', 'member', 10_000, ErrorCode.unknownMemberId],
  ])('refuses %s', (_, groupId, memberId, sessionTimeoutMs, errorCode) => {
    expect(coordinator().join(groupId, memberId, sessionTimeoutMs).errorCode).toBe(errorCode);
  });

  it('lets sessions lapse in several groups with one alarm, and forgets groups that are empty', () => {
    const { groups, join, sync, advance, isSet } = coordinator();
    for (const groupId of ['a', 'b', 'c']) sync(groupId, join(groupId));
    expect(groups.all()).toHaveLength(3);
    advance(9_999);
    expect(groups.all()).toHaveLength(3);
    advance(1);
    expect(groups.all()).toHaveLength(0);
    expect(isSet()).toBe(false);
  });

  it('sets no alarm for a heartbeat', () => {
    const { groups, join, sync, advance, alarmsSet } = coordinator();
    const { memberId, generationId, ...joined } = join('a');
    sync('a', { ...joined, memberId, generationId });
    const before = alarmsSet();
    for (let beat = 0; beat < 3; beat++) {
      advance(3000);
      expect(groups.heartbeat('a', { memberId, generationId, groupInstanceId: null })).toBe(ErrorCode.none);
    }
    expect(alarmsSet()).toBe(before);
    advance(9_000);
    expect(groups.all()).toHaveLength(1);
  });

  it('takes commits for groups nobody consumes in', () => {
    const { groups } = coordinator();
    const identity = { memberId: '', generationId: -1, groupInstanceId: null };
    expect(groups.commitFault('a', identity)).toBe(ErrorCode.none);
    expect(groups.commitFault('a', { ...identity, generationId: 3 })).toBe(ErrorCode.illegalGeneration);
  });
});

describe('the clock of a real coordinator', () => {
  it('hears what came while the process stood still before it lets anything lapse', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const accepted = once(server, 'connection') as Promise<[Socket]>;
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const [served] = await accepted;
    const heard: string[] = [];
    served.on('data', () => heard.push('heartbeat'));
    const rung = new Promise<void>((resolve) => {
      systemGroupClock.alarm(20, () => {
        heard.push('alarm');
        resolve();
      });
    });
    client.write('heartbeat');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
    await rung;
    expect(heard).toEqual(['heartbeat', 'alarm']);
    client.destroy();
    served.destroy();
    server.close();
  });

  it('does not ring when it is taken back, at the last moment either', async () => {
    let rang = false;
    const takeBack = systemGroupClock.alarm(1, () => (rang = true));
    const taken = new Promise<void>((resolve) =>
      setTimeout(() => {
        takeBack();
        setImmediate(resolve);
      }, 1),
    );
    // Both are due in the same turn now, this one just after the alarm's own timer.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    await taken;
    expect(rang).toBe(false);
  });
});
