import { seededChance } from '@murmuration/testing';
import { ErrorCode } from '../protocol/error-code';
import { ConsumerGroup } from './consumer-group';

const SESSION_MS = 10_000;
const REBALANCE_MS = 30_000;
const STEP_MS = 1000;
const HEARTBEAT_EVERY = 3;
const CLIENTS_MAX = 8;

type Phase = 'to-join' | 'joining' | 'to-sync' | 'syncing' | 'at-work' | 'dead';
type Client = {
  phase: Phase;
  memberId: string;
  readonly groupInstanceId: string | null;
  generationId: number;
  isLeader: boolean;
  others: readonly string[];
  share: string;
};

/** Clients that keep to the protocol, begin, leave and die, around one group with a clock of its own. */
const crowd = (seed: number) => {
  const chance = seededChance(seed);
  let ids = 0;
  let nowMs = 0;
  let steps = 0;
  const group = new ConsumerGroup('group', { initialDelayMs: 0, newMemberId: () => `m${++ids}` });
  const clients: Client[] = [];
  const complaints: string[] = [];
  const alive = (): Client[] => clients.filter(({ phase }) => phase !== 'dead');

  const join = (client: Client): void => {
    client.phase = 'joining';
    const wish = {
      memberId: client.memberId,
      groupInstanceId: client.groupInstanceId,
      clientId: 'c',
      clientHost: '/h',
      sessionTimeoutMs: SESSION_MS,
      rebalanceTimeoutMs: REBALANCE_MS,
      protocolType: 'consumer',
      protocols: [{ name: 'range', metadata: Buffer.from('meta') }],
      isTwoStep: true,
    };
    group.join(wish, nowMs, (joined) => {
      if (client.phase !== 'joining') return;
      client.memberId = joined.memberId;
      client.generationId = joined.generationId;
      client.isLeader = joined.leader === joined.memberId;
      client.others = joined.members.map(({ memberId }) => memberId);
      client.phase = joined.errorCode === ErrorCode.none ? 'to-sync' : 'to-join';
      const isFine = [ErrorCode.none, ErrorCode.memberIdRequired].some((code) => code === joined.errorCode);
      if (!isFine) complaints.push(`join of ${joined.memberId} at ${nowMs}: ${joined.errorCode}`);
    });
  };
  const sync = (client: Client): void => {
    client.phase = 'syncing';
    const { memberId, generationId, groupInstanceId } = client;
    const assignments = client.isLeader
      ? client.others.map((each) => ({ memberId: each, assignment: Buffer.from(`${each} of ${generationId}`) }))
      : [];
    const wish = { memberId, generationId, assignments, groupInstanceId, protocolType: null, protocolName: null };
    group.sync(wish, nowMs, ({ errorCode, assignment }) => {
      if (client.phase !== 'syncing') return;
      client.share = assignment.toString();
      client.phase = errorCode === ErrorCode.none ? 'at-work' : 'to-join';
      if (errorCode === ErrorCode.none) {
        if (client.share !== `${memberId} of ${generationId}`) complaints.push(`${memberId} got '${client.share}'`);
      } else if (errorCode !== ErrorCode.rebalanceInProgress) {
        complaints.push(`sync of ${memberId} at ${nowMs}: ${errorCode}`);
      }
    });
  };
  const beat = (client: Client): void => {
    const { memberId, generationId, groupInstanceId } = client;
    const errorCode = group.heartbeat({ memberId, generationId, groupInstanceId }, nowMs);
    if (errorCode === ErrorCode.rebalanceInProgress) client.phase = 'to-join';
    else if (errorCode !== ErrorCode.none) complaints.push(`heartbeat of ${memberId} at ${nowMs}: ${errorCode}`);
  };
  const step = (): void => {
    steps += 1;
    nowMs += STEP_MS;
    if (group.nextDeadlineMs() <= nowMs) group.tick(nowMs);
    for (const client of alive()) {
      if (client.phase === 'to-join') join(client);
      else if (client.phase === 'to-sync') sync(client);
      else if (client.phase === 'at-work' && steps % HEARTBEAT_EVERY === 0) beat(client);
    }
  };
  const begin = (groupInstanceId: string | null): void => {
    const unknown = { memberId: '', generationId: -1, isLeader: false, others: [], share: '' };
    clients.push({ phase: 'to-join', groupInstanceId, ...unknown });
  };
  const trouble = (): void => {
    const living = alive();
    if (living.length < CLIENTS_MAX && chance.happens(0.2)) begin(chance.happens(0.3) ? `static ${++ids}` : null);
    const victim = living[chance.integer(0, Math.max(1, living.length))];
    if (victim === undefined || !chance.happens(0.1)) return;
    victim.phase = 'dead';
    const { memberId, groupInstanceId } = victim;
    if (chance.happens(0.3)) group.leave({ memberId, groupInstanceId }, nowMs);
    else if (groupInstanceId !== null && chance.happens(0.7)) begin(groupInstanceId);
  };
  return { group, step, trouble, alive, complaints };
};

describe('a consumer group among clients that come, go and die', () => {
  it.each(Array.from({ length: 60 }, (_, seed) => seed))(
    'removes nobody who keeps to the protocol, and comes to rest with all who live, seed %i',
    (seed) => {
      const { group, step, trouble, alive, complaints } = crowd(seed);
      for (let round = 0; round < 5; round++) {
        for (let count = 0; count < 60; count++) {
          trouble();
          step();
        }
        for (let count = 0; count < 60; count++) step();
        expect(complaints).toEqual([]);
        expect(alive().every(({ phase }) => phase === 'at-work')).toBe(true);
        expect(new Set(alive().map(({ generationId }) => generationId)).size).toBeLessThanOrEqual(1);
        expect(group.members.map(({ memberId }) => memberId).sort()).toEqual(
          alive()
            .map(({ memberId }) => memberId)
            .sort(),
        );
        expect(group.state).toBe(alive().length > 0 ? 'stable' : 'empty');
      }
    },
  );
});
