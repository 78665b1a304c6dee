import { jsonCodec, memoryEventStore } from '@murmuration/event-store';
import { assert, instant } from '@murmuration/kernel';
import { serviceCore } from '../service-core';

type Event = { readonly type: 'Opened' | 'Closed' };
const codec = jsonCodec<Event>({ Opened: { version: 1 }, Closed: { version: 1 } });
const at = (ms: number) => instant(`2026-03-01T09:30:00.${String(ms).padStart(3, '0')}Z`);

/** A door whose events are recorded at these milliseconds, by a clock that may be set back. */
const doorAt = async (...recordedAtMs: readonly number[]) => {
  let now = at(0);
  const store = memoryEventStore({ now: () => now });
  for (const [index, ms] of recordedAtMs.entries()) {
    now = at(ms);
    const metadata = { correlationId: 'c', causationId: 'c', actor: 'test', hop: 0 };
    const eventId = `00000000-0000-5000-8000-00000000000${index}`;
    const event = codec.encode({ type: index % 2 === 0 ? 'Opened' : 'Closed' });
    await store.append({ checks: [], events: [{ streamId: 'door-1', eventId, metadata, ...event }] });
  }
  const { streams } = serviceCore(
    {
      model: {
        ...{ streamsOf: () => ['door-1'], streamOf: () => 'door-1', decide: () => ({ accepted: [] }) },
        initial: () => 'closed',
        evolve: (door: string, { type }: Event) => {
          assert((door === 'open') === (type === 'Closed'), 'opened and closed in turn');
          return type === 'Opened' ? 'open' : 'closed';
        },
      },
      codec,
    },
    store,
  );
  return streams;
};

describe('a stream as it was at an instant', () => {
  it('has what was recorded until then', async () => {
    const door = await doorAt(100, 200, 300);
    expect(await door.asOf('door-1', at(99))).toEqual({ version: 0, state: 'closed' });
    expect(await door.asOf('door-1', at(200))).toEqual({ version: 2, state: 'closed' });
  });

  it('has what comes before that too, when the clock was set back in between', async () => {
    const door = await doorAt(100, 500, 200, 300);
    expect(await door.asOf('door-1', at(99))).toEqual({ version: 0, state: 'closed' });
    expect(await door.asOf('door-1', at(200))).toEqual({ version: 3, state: 'open' });
    expect(await door.asOf('door-1', at(400))).toEqual({ version: 4, state: 'closed' });
  });
});
