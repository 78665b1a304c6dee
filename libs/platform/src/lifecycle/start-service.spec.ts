import { EVENTS } from '@murmuration/contracts';
import { jsonCodec } from '@murmuration/event-store';
import { accept, type DecisionModel, type EffectOutcome } from '@murmuration/kernel';
import { memoryBroker } from '@murmuration/messaging';
import { eventually } from '@murmuration/testing';
import { systemNow } from '../http/command-context';
import { createLogger } from '../logging/logger';
import { memoryFlow } from './flow';
import { defineService } from './service-definition';
import { memoryStorage } from './service-storage';
import { startService, type StartOptions } from './start-service';

/** A bell that is rung by calling for somebody, and was heard once they have answered. */
type Bell = { readonly bellId: string };
type Command = Bell & { readonly type: 'Ring' | 'Hear' };
type Event = Bell & { readonly type: 'Rung' | 'Heard' };
type Call = Bell & { readonly type: 'call' };

const streamOf = ({ bellId }: Bell): string => `bell-${bellId}`;
const model: DecisionModel<Command, Event, undefined, never> = {
  streamsOf: (command) => [streamOf(command)],
  streamOf,
  initial: () => undefined,
  evolve: () => undefined,
  decide: ({ type, bellId }) => accept({ type: type === 'Ring' ? 'Rung' : 'Heard', bellId }),
};
const TOPICS = EVENTS.map(({ topic }) => topic);
const codec = jsonCodec<Event>({ Rung: { version: 1 }, Heard: { version: 1 } });

/** A service that calls somebody who answers when the test says so. */
const ringing = () => {
  const calls: string[] = [];
  let answer = (_: EffectOutcome<undefined>): void => undefined;
  let tellStopping = (): void => undefined;
  const stopping = new Promise<void>((resolve) => (tellStopping = resolve));
  const definition = defineService<Command, Event, undefined, never, Call, undefined>({
    service: 'shipping',
    docs: { title: 'Bells', description: 'Rings them.' },
    rules: { model, codec },
    rejectionStatus: {},
    hears: [],
    controllers: [],
    agenda: {
      rules: {
        changesOf: ({ type, bellId }) =>
          type === 'Rung'
            ? [{ type: 'effect-opened', key: bellId, effect: { type: 'call', bellId } }]
            : [{ type: 'effect-closed', key: bellId }],
        settle: ({ effect: { bellId } }) => ({ type: 'Hear', bellId }),
        fire: () => ({ type: 'Hear', bellId: 'none' }),
      },
      port: {
        perform: (key) => {
          calls.push(key);
          return new Promise((resolve) => (answer = resolve));
        },
        query: async () => ({ outcome: 'not-found' }),
      },
    },
    companions: [() => ({ stop: async () => tellStopping() })],
  });
  return {
    definition,
    calls,
    answer: () => answer({ outcome: 'done', result: undefined }),
    stopping,
  };
};

/** A service on this storage in which a bell was rung. */
const startRinging = async (overrides: Partial<StartOptions> = {}) => {
  const { definition, ...ring } = ringing();
  const storage = memoryStorage();
  const metadata = { correlationId: 'c', causationId: 'c', actor: 'test', hop: 0 };
  const eventId = '00000000-0000-5000-8000-000000000001';
  const rung = { streamId: 'bell-one', eventId, metadata, ...codec.encode({ type: 'Rung', bellId: 'one' }) };
  await storage.store.append({ checks: [], events: [rung] });
  const service = await startService(definition, {
    ...{ storage, flow: memoryFlow(memoryBroker({ now: systemNow }), TOPICS), logger: createLogger('bells', 'silent') },
    ...{ holder: 'test', host: '127.0.0.1', port: 0, bodyLimitBytes: 1_024 },
    onFatal: (error) => {
      throw error;
    },
    ...overrides,
  });
  await eventually(() => ring.calls.length === 1);
  const stored = async () => (await storage.store.readLog(0, 0, 10)).map(({ type }) => type);
  return { service, stored, storage, ...ring };
};

const within = async (limitMs: number, stopped: Promise<void>): Promise<'stopped' | 'still at it'> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'still at it'>((resolve) => (timer = setTimeout(() => resolve('still at it'), limitMs)));
  return Promise.race([stopped.then(() => 'stopped' as const), late]).finally(() => clearTimeout(timer));
};

describe('a service that is told to stop', () => {
  it('stores the outcome of the calls in hand', async () => {
    const { service, stored, answer, stopping } = await startRinging();
    const stopped = service.stop();
    await stopping;
    // Whatever is asked to stop right after the companions has been by then.
    await new Promise((resolve) => setImmediate(resolve));
    answer();
    await stopped;
    expect(await stored()).toEqual(['Rung', 'Heard']);
  });

  it('gives up its leases in time although a call is not answered', async () => {
    const { service, stored, storage } = await startRinging({ callsGraceMs: 50 });
    const stopped = service.stop();
    await expect(within(2_000, stopped)).resolves.toBe('stopped');
    expect(await stored()).toEqual(['Rung']);
    expect(await storage.coordination.acquire('agenda:shipping:0', 'another', 1_000)).toMatchObject({
      outcome: 'held',
    });
  });
});

describe('the metrics of a service', () => {
  it('count the events that its calls led to', async () => {
    const { service, answer } = await startRinging();
    answer();
    await eventually(async () =>
      /murmuration_events_appended_total\{.*by="agenda".*\} 1\n/.test(
        await (await fetch(`${service.url}/metrics`)).text(),
      ),
    );
    await service.stop();
  });
});
