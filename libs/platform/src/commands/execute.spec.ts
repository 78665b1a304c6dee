import { type EventStore, memoryEventStore, type ReadStream } from '@murmuration/event-store';
import { instant } from '@murmuration/kernel';
import { setTimeout as pause } from 'node:timers/promises';
import { startTabs, type TestService } from '../http/service.fixture';

const AT_ONCE = 20;

let service: TestService | undefined;
afterEach(() => service?.app.close());

/** A service on a store that tells of every stream that is read. */
const startWatched = async (): Promise<{ readonly service: TestService; readonly read: ReadStream[] }> => {
  const store = memoryEventStore({ now: () => instant('2026-03-01T09:30:00.000Z') });
  const read: ReadStream[] = [];
  const watched: EventStore = {
    ...store,
    // Long enough for all others to be decided together in the next batch.
    append: async (request) => {
      await pause(20);
      return store.append(request);
    },
    readStreams: (streams) => {
      read.push(...streams);
      return store.readStreams(streams);
    },
  };
  return { service: (service = await startTabs(watched)), read };
};

describe('a command that is answered', () => {
  it('shows what it left behind without reading how it came to that, however many change the same at once', async () => {
    const { service, read } = await startWatched();
    const post = async (url: string, payload: object) =>
      (await service.app.inject({ method: 'POST', url, payload })).json<{ total: number; version: number }>();
    await post('/v1/tabs', { guest: 'Ada' });
    const [event] = await service.store.readLog(0, 0, 1);
    const rounds = `/v1/tabs/${event?.streamId.slice('tab-'.length)}/rounds`;
    read.length = 0;
    const answers = await Promise.all(
      Array.from({ length: AT_ONCE }, () => post(rounds, { drinks: [{ name: 'beer', amount: 1 }] })),
    );
    const totals = Array.from({ length: AT_ONCE }, (_, index) => index + 1);
    expect(answers.map(({ total }) => total).toSorted((left, right) => left - right)).toEqual(totals);
    for (const { total, version } of answers) expect(version).toBe(total + 1);
    expect(read).toEqual([]);
  });
});
