import { countingService, hastyClock, newStore, SIGHTINGS, START, type CountCommand } from '../flock.fixture';
import { memoryInbox } from '../memory/memory-inbox';
import { claimSession, NOTHING } from './claim-session';
import { type Job, jointWork } from './joint-work';
import { lane } from './lane';

describe('work that several topic-partitions share', () => {
  it('fails those whose rules or listeners have a bug, and goes on with what comes after', async () => {
    const store = newStore();
    const inbox = memoryInbox(store, { now: () => START });
    const { decisions } = countingService(store);
    const clock = hastyClock();
    const chance = () => 0.5;
    const onFailure = jest.fn();
    const joint = jointWork({ ...{ inbox, reader: store, decisions, lane: lane(), clock, chance }, onFailure });
    const jobOf = async (partition: number, stored: () => void): Promise<Job<CountCommand>> => {
      const claim = await inbox.claim('tally', SIGHTINGS, partition, 'me');
      const session = claimSession(claim, { ...{ inbox, clock, chance }, listener: {} });
      const content = { nextOffset: '1', watermarks: new Map(), parked: [], settled: [] };
      return {
        ...{ session, records: 1, commands: [], stored, alone: () => Promise.resolve() },
        decide: async () => ({ part: session.part(content), decided: [], append: NOTHING }),
      };
    };
    const bug = (): void => {
      throw new Error('a bug');
    };
    const broken = await Promise.allSettled([joint.do(await jobOf(0, bug)), joint.do(await jobOf(1, bug))]);
    expect(broken.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    let stored = 0;
    const count = (): void => void (stored += 1);
    const jobs = [await jobOf(2, count), await jobOf(3, count)];
    await Promise.all(jobs.map((job) => joint.do(job)));
    expect(stored).toBe(2);
  });
});
