import { type Coordination, EventStoreError, memoryCoordination } from '@murmuration/event-store';
import { type Instant, instantOfEpochMs, plusMs } from '@murmuration/kernel';
import { eventually } from '@murmuration/testing';
import { type World, newWorld, seatAgenda, seatCodec } from './core/agenda-core.fixture';
import { type RunningAgenda, runAgenda } from './run-agenda';

const now = (): Instant => instantOfEpochMs(Date.now());
const fast = { leaseMs: 150, pollMs: 10 } as const;

describe('a running agenda', () => {
  let world: World;
  let coordination: Coordination;
  let running: RunningAgenda[];
  beforeEach(() => {
    world = newWorld();
    coordination = memoryCoordination({ now });
    running = [];
  });
  afterEach(() => Promise.all(running.map((agenda) => agenda.stop(0))));

  type Changes = { readonly coordination?: Coordination; readonly codec?: typeof seatCodec };
  const run = (holder: string, options: Changes = {}): RunningAgenda => {
    const agenda = runAgenda({
      ...{ service: 'seats', holder, store: world.store, agendaStore: world.agendaStore, agenda: seatAgenda },
      ...{ codec: seatCodec, port: world.provider, execute: world.execute, ...fast },
      ...{ coordination, ...options },
    });
    running.push(agenda);
    return agenda;
  };
  const charge = (seat: string) => world.tell({ type: 'RequestCharge', seat });
  const charged = async (count: number): Promise<void> => {
    await eventually(async () => (await world.events()).filter((type) => type === 'Charged').length === count, {
      expectation: `${count} charges`,
    });
  };
  const holds = (agenda: RunningAgenda): boolean => agenda.status()[0]?.term !== undefined;

  it('performs what opens and says how it ended', async () => {
    const agenda = run('one');
    await eventually(() => holds(agenda));
    await Promise.all(['a', 'b', 'c'].map(charge));
    await charged(3);
    expect(world.provider.calls.toSorted()).toEqual(['perform charge:a', 'perform charge:b', 'perform charge:c']);
  });

  it('runs in one of two processes at a time, and in the other when the first one stops', async () => {
    const [one, other] = [run('one'), run('other')];
    await eventually(() => holds(one) || holds(other));
    await charge('a');
    await charged(1);
    expect([holds(one), holds(other)].filter(Boolean)).toHaveLength(1);
    const [holder, standby] = holds(one) ? [one, other] : [other, one];
    await holder.stop();
    await eventually(() => holds(standby));
    await charge('b');
    await charged(2);
    expect(world.provider.calls).toHaveLength(2);
  });

  it('is taken over when its lease cannot be renewed, and the former holder calls nobody any more', async () => {
    const cut = { ...coordination };
    const one = run('one', { coordination: cut });
    await eventually(() => holds(one));
    cut.acquire = () => Promise.reject(new Error('no connection'));
    const other = run('other');
    await eventually(() => holds(other) && !holds(one));
    await charge('a');
    await charged(1);
    expect(world.provider.calls).toEqual(['perform charge:a']);
  });

  it('waits for calls under way when it stops, and says their outcomes', async () => {
    const agenda = run('one');
    await eventually(() => holds(agenda));
    let answer: (() => void) | undefined;
    const { perform } = world.provider;
    world.provider.perform = async (key) => {
      await new Promise<void>((resolve) => void (answer = resolve));
      return perform.call(world.provider, key);
    };
    await charge('a');
    await eventually(() => answer !== undefined);
    const stopped = agenda.stop();
    answer?.();
    await stopped;
    expect(await world.events()).toEqual(['ChargeRequested', 'Charged']);
    expect(await world.agendaStore.claim(0, 99)).toMatchObject({ position: 1 });
  });

  it('stops within its grace when a call is not answered', async () => {
    const agenda = run('one');
    await eventually(() => holds(agenda));
    world.provider.silent = true;
    await charge('a');
    await eventually(() => world.provider.calls.length === 1);
    await agenda.stop(20);
    const other = run('other');
    await charged(1);
    expect(holds(other)).toBe(true);
    expect(world.provider.calls).toEqual(['perform charge:a', 'query charge:a']);
  });

  it('goes on after the log could not be read', async () => {
    const agenda = run('one');
    await eventually(() => holds(agenda));
    const { readLog } = world.store;
    let failures = 0;
    world.store.readLog = () => Promise.reject(new Error(`down ${++failures}`));
    await charge('a');
    await eventually(() => failures > 0);
    world.store.readLog = readLog;
    await charged(1);
  });

  it('leaves the log to another process when newer code has stored what it does not know', async () => {
    const codec: typeof seatCodec = {
      ...seatCodec,
      decode: (stored) => {
        if (stored.type === 'SeatHeld') throw new EventStoreError('unknown-event', stored.type);
        return seatCodec.decode(stored);
      },
    };
    const old = run('old', { codec });
    await eventually(() => holds(old));
    await world.tell({ type: 'HoldSeat', seat: 'z', until: plusMs(now(), 60_000) });
    await charge('a');
    await eventually(() => !holds(old));
    const newer = run('newer');
    await charged(1);
    expect([holds(old), holds(newer)]).toEqual([false, true]);
    expect(world.provider.calls).toEqual(['query charge:a', 'perform charge:a']);
  });
});
