import {
  commandProcessor,
  derivedId,
  memoryCoordination,
  memoryEventStore,
  stateCache,
  type Coordination,
} from '@murmuration/event-store';
import { type Instant, plusMs } from '@murmuration/kernel';
import { Provider, seatAgenda, seatCodec, seatModel, type SeatCommand } from './core/agenda-core.fixture';
import { manualTiming } from './manual-timing.fixture';
import { memoryAgendaStore } from './memory/memory-agenda-store';
import { runAgenda } from './run-agenda';
import { systemTiming } from './system-timing';
import type { Timing } from './timing.port';

const HOUR_MS = 3_600_000;

const office = () => {
  const timing = manualTiming();
  const { now } = timing;
  const store = memoryEventStore({ now });
  const coordination: Coordination = memoryCoordination({ now });
  const provider = new Provider();
  const { execute } = commandProcessor(seatModel, seatCodec, store, stateCache(), { chance: timing.chance });
  let commands = 0;
  return {
    ...{ timing, coordination, provider },
    run: (holder?: string, listener = {}) =>
      runAgenda({
        ...{ service: 'seats', store, coordination, agendaStore: memoryAgendaStore({ now }), agenda: seatAgenda },
        ...{ codec: seatCodec, port: provider, execute, timing, listener, ...(holder === undefined ? {} : { holder }) },
      }),
    tell: (command: SeatCommand) =>
      execute({
        ...{ commandId: derivedId('told', String(commands++)), command },
        metadata: { correlationId: command.seat, causationId: 'test', actor: 'test', hop: 0 },
      }),
    told: async () => (await store.readLog(0, 0, 100)).map(({ type }) => type),
  };
};

describe('an agenda on injected time', () => {
  it('fires a deadline of hours as soon as that time has passed, and not before', async () => {
    const { timing, run, tell, told } = office();
    const until: Instant = plusMs(timing.now(), 2 * HOUR_MS);
    const agenda = run();
    await tell({ type: 'HoldSeat', seat: 'a', until });
    await timing.pass(2 * HOUR_MS - 1);
    expect(await told()).toEqual(['SeatHeld']);
    await timing.pass(2_000);
    expect(await told()).toEqual(['SeatHeld', 'HoldLapsed']);
    const stopped = agenda.stop();
    await timing.pass(1_000);
    await stopped;
  });

  it('asks about a call that was not answered within its time', async () => {
    const { timing, run, tell, told, provider } = office();
    const agenda = run();
    provider.silent = true;
    await tell({ type: 'RequestCharge', seat: 'a' });
    await timing.pass(59_000);
    expect(provider.calls).toEqual(['perform charge:a']);
    await timing.pass(3_000);
    expect(provider.calls).toEqual(['perform charge:a', 'query charge:a']);
    expect(await told()).toEqual(['ChargeRequested', 'Charged']);
    const stopped = agenda.stop();
    await timing.pass(1_000);
    await stopped;
  });

  it('sets no timer of the machine and reads none of its clocks', async () => {
    const { timing, run, tell, told } = office();
    const machine = [
      jest.spyOn(globalThis, 'setTimeout'),
      jest.spyOn(globalThis, 'setInterval'),
      jest.spyOn(performance, 'now'),
      jest.spyOn(Date, 'now'),
      jest.spyOn(Math, 'random'),
    ];
    try {
      const agenda = run();
      await tell({ type: 'RequestCharge', seat: 'a' });
      await timing.pass(60_000);
      expect(await told()).toEqual(['ChargeRequested', 'Charged']);
      const stopped = agenda.stop();
      await timing.pass(1_000);
      await stopped;
      for (const spy of machine) expect(spy).not.toHaveBeenCalled();
    } finally {
      for (const spy of machine) spy.mockRestore();
    }
  });

  it('loses its term to another when it cannot renew its lease', async () => {
    const { timing, run, coordination, told, tell } = office();
    const ended: string[] = [];
    const { acquire } = coordination;
    const one = run('one', { termEnded: (_: number, reason: string) => ended.push(reason) });
    await timing.pass(100);
    coordination.acquire = (name, holder, durationMs) =>
      holder === 'one' ? Promise.reject(new Error('no connection')) : acquire(name, holder, durationMs);
    const other = run('other');
    await timing.pass(10_000);
    expect(ended).toEqual(['the lease was lost']);
    await tell({ type: 'RequestCharge', seat: 'a' });
    await timing.pass(1_000);
    expect(await told()).toEqual(['ChargeRequested', 'Charged']);
    const stopped = Promise.all([one.stop(), other.stop()]);
    await timing.pass(1_000);
    await stopped;
  });
});

describe("the machine's timing", () => {
  const { monotonicMs, after, chance }: Timing = systemTiming;

  it('calls once the delay has passed', async () => {
    const startedMs = monotonicMs();
    await new Promise<void>((resolve) => void after(20, resolve));
    expect(monotonicMs() - startedMs).toBeGreaterThanOrEqual(19);
  });

  it('calls nobody who cancelled', async () => {
    let called = false;
    after(1, () => (called = true))();
    await new Promise<void>((resolve) => void after(20, resolve));
    expect(called).toBe(false);
  });

  it('draws from 0 to below 1', () => {
    const draw = chance();
    expect(draw >= 0 && draw < 1).toBe(true);
  });
});
