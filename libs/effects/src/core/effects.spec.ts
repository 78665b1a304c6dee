import { plusMs } from '@murmuration/kernel';
import { type World, newWorld } from './agenda-core.fixture';

const request = (world: World, seat: string) => world.tell({ type: 'RequestCharge', seat });
const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;

describe('an effect', () => {
  it('is performed at once when it opens under the eyes of the runner, and its outcome is told', async () => {
    const world = newWorld();
    const core = await world.started(1);
    await request(world, 'a');
    await world.pass(core, 0);
    expect(world.provider.calls).toEqual(['perform charge:a']);
    expect(await world.events()).toEqual(['ChargeRequested', 'Charged']);
  });

  it('tells its outcome as part of the saga that opened it', async () => {
    const world = newWorld();
    const core = await world.started(1);
    await request(world, 'a');
    await world.pass(core, 0);
    const [opened, charged] = await world.store.readLog(0, 0, 2);
    expect(charged?.metadata).toEqual({
      ...{ correlationId: 'saga-a', causationId: opened?.eventId, actor: 'seats-agenda', hop: 3 },
    });
  });

  it('that opens and closes before the checkpoint moves never becomes a row', async () => {
    const world = newWorld();
    const applied: number[] = [];
    const { apply } = world.agendaStore;
    world.agendaStore.apply = (changes) => {
      applied.push(changes.effects.length + changes.closedEffects.length);
      return apply(changes);
    };
    const core = await world.started(1);
    for (let seat = 0; seat < 100; seat++) await request(world, `seat-${seat}`);
    await world.pass(core, 12 * SECOND_MS);
    expect(world.provider.calls).toHaveLength(100);
    expect(applied).toEqual([0, 0]);
  });

  it('that was refused is told as refused', async () => {
    const world = newWorld();
    world.provider.down = () => ({ outcome: 'refused', reason: 'declined' });
    const core = await world.started(1);
    await request(world, 'a');
    await world.pass(core, 0);
    expect(await world.events()).toEqual(['ChargeRequested', 'ChargeRefused']);
  });

  it('is called once when its event was read twice', async () => {
    const world = newWorld();
    const core = await world.started(1);
    await request(world, 'a');
    await request(world, 'a');
    await world.pass(core, 0);
    expect(world.provider.calls).toEqual(['perform charge:a']);
  });

  it('is called under a bounded number of calls at a time', async () => {
    const world = newWorld({ callsMax: 4 });
    world.provider.silent = true;
    const core = await world.started(1);
    for (let seat = 0; seat < 10; seat++) await request(world, `seat-${seat}`);
    await world.pass(core, 0);
    expect(core.status).toMatchObject({ inFlight: 4, effectsInMind: 10 });
  });

  it('is not called while the lease is in doubt', async () => {
    const world = newWorld();
    const lease = { held: false };
    const core = await world.started(1, { mayCall: () => lease.held });
    await request(world, 'a');
    await world.pass(core, SECOND_MS);
    expect(world.provider.calls).toEqual([]);
    lease.held = true;
    await world.pass(core, 0);
    expect(await world.events()).toEqual(['ChargeRequested', 'Charged']);
  });
});

describe('an effect of unknown outcome', () => {
  it('that did happen is found by its key and not performed again', async () => {
    const world = newWorld();
    world.provider.afterCharge = [world.provider.timeout()];
    const core = await world.started(1);
    await request(world, 'a');
    await world.pass(core, SECOND_MS);
    expect(world.provider.calls).toEqual(['perform charge:a', 'query charge:a']);
    expect(await world.events()).toEqual(['ChargeRequested', 'Charged']);
  });

  it('that did not happen is performed again with the same key', async () => {
    const world = newWorld();
    const answers = [world.provider.timeout()];
    world.provider.down = () => answers.shift();
    const core = await world.started(1);
    await request(world, 'a');
    await world.pass(core, SECOND_MS);
    expect(world.provider.calls).toEqual(['perform charge:a', 'query charge:a', 'perform charge:a']);
    expect(world.provider.charges.size).toBe(1);
  });

  it('counts as such when the port fails or does not answer in time', async () => {
    const world = newWorld({ callMaxMs: 5 * SECOND_MS });
    world.provider.silent = true;
    const core = await world.started(1);
    await request(world, 'a');
    await world.pass(core, 4 * SECOND_MS);
    expect(world.provider.calls).toEqual(['perform charge:a']);
    await world.pass(core, 4 * SECOND_MS);
    expect(world.provider.calls).toEqual(['perform charge:a', 'query charge:a']);
    expect(await world.events()).toEqual(['ChargeRequested', 'Charged']);
  });

  it('waits longer and longer between two questions', async () => {
    const world = newWorld({ backoffMs: 1_000, backoffMaxMs: 8_000 });
    world.provider.down = () => world.provider.timeout();
    const core = await world.started(1);
    await request(world, 'a');
    await world.pass(core, 31 * SECOND_MS); // performed at 0, asked at 1, 3, 7, 15, 23 and 31
    expect(world.provider.calls).toHaveLength(7);
  });

  it('is given up after its time budget, and the rules are told', async () => {
    const world = newWorld({ budgetMs: 60 * SECOND_MS });
    world.provider.down = () => world.provider.timeout();
    const core = await world.started(1);
    await request(world, 'a');
    await world.pass(core, 130 * SECOND_MS);
    expect(await world.events()).toEqual(['ChargeRequested', 'ChargeAbandoned']);
    expect(world.heard).toContain('settled charge:a gave-up');
  });

  it('that was given up and is opened once more under the same key is asked about before it is performed', async () => {
    const world = newWorld({ budgetMs: 60 * SECOND_MS });
    const core = await world.started(1);
    world.provider.afterCharge.push(world.provider.timeout());
    await request(world, 'a');
    await world.pass(core, 0);
    world.provider.down = () => world.provider.timeout();
    await world.pass(core, 130 * SECOND_MS);
    world.provider.down = undefined;
    world.provider.calls.length = 0;
    await world.tell({ type: 'RetryCharge', seat: 'a' });
    await world.pass(core, 0);
    expect(world.provider.calls).toEqual(['query charge:a']);
    expect(await world.events()).toEqual(['ChargeRequested', 'ChargeAbandoned', 'ChargeRetried', 'Charged']);
  });

  it('that surely did not happen is performed again until it works', async () => {
    const world = newWorld();
    const flaky = [1, 2].map(() => ({ outcome: 'not-yet', reason: 'busy' }) as const);
    world.provider.down = () => flaky.shift();
    const core = await world.started(1);
    await request(world, 'a');
    await world.pass(core, SECOND_MS);
    expect(world.provider.calls).toEqual(Array(3).fill('perform charge:a'));
    expect(await world.events()).toEqual(['ChargeRequested', 'Charged']);
  });
});

describe('after a crash or a take-over', () => {
  it('an effect without an outcome is asked about before anything else, and happens exactly once', async () => {
    const world = newWorld();
    const first = await world.started(1);
    await request(world, 'a');
    world.provider.silent = true;
    await world.pass(first, 0); // The charge is made, but its answer never comes: the process dies.
    const second = await world.started(2);
    await world.pass(second, 0);
    expect(world.provider.calls).toEqual(['perform charge:a', 'query charge:a']);
    expect(world.provider.charges.size).toBe(1);
    expect(await world.events()).toEqual(['ChargeRequested', 'Charged']);
  });

  it('an effect that was never called is asked about and then performed', async () => {
    const world = newWorld();
    await request(world, 'a');
    await world.pass(await world.started(1), 0);
    expect(world.provider.calls).toEqual(['query charge:a', 'perform charge:a']);
  });

  it('an effect whose outcome is stored already is left alone', async () => {
    const world = newWorld();
    const first = await world.started(1);
    await request(world, 'a');
    await world.pass(first, 0);
    await world.pass(await world.started(2), 20 * SECOND_MS);
    expect(world.provider.calls).toEqual(['perform charge:a']);
  });

  it('a row that the table holds is asked about, when its next attempt is due', async () => {
    const world = newWorld({ backoffMs: 60_000, backoffMaxMs: 60_000 });
    world.provider.down = () => world.provider.timeout();
    const first = await world.started(1);
    await request(world, 'a');
    await world.pass(first, 10 * SECOND_MS);
    expect(await world.agendaStore.openEffects(0, 10)).toMatchObject([{ key: 'charge:a', attempts: 1 }]);
    world.provider.down = undefined;
    const second = await world.started(2);
    await world.pass(second, 40 * SECOND_MS);
    expect(world.provider.calls).toEqual(['perform charge:a']);
    await world.pass(second, 20 * SECOND_MS);
    expect(world.provider.calls).toEqual(['perform charge:a', 'query charge:a', 'perform charge:a']);
    await world.pass(second, 10 * SECOND_MS);
    expect(await world.agendaStore.counts()).toEqual({ effects: 0, deadlines: 0 });
  });

  it('a row that the table holds is called in the end also when the log alone fills the mind at first', async () => {
    const world = newWorld({ effectsInMindMax: 2 });
    world.provider.down = () => world.provider.timeout();
    await request(world, 'a');
    await world.pass(await world.started(1), 10 * SECOND_MS);
    world.provider.down = undefined;
    for (const seat of ['b', 'c']) await request(world, seat);
    await world.pass(await world.started(2), 120 * SECOND_MS);
    expect([...world.provider.charges.keys()].toSorted()).toEqual(['charge:a', 'charge:b', 'charge:c']);
    expect(await world.agendaStore.counts()).toEqual({ effects: 0, deadlines: 0 });
  });

  it('the former runner is fenced and changes no row any more', async () => {
    const world = newWorld();
    const zombie = await world.started(1);
    const holder = await world.started(2);
    await request(world, 'a');
    await world.pass(holder, 6 * SECOND_MS);
    expect(await world.pass(zombie, 6 * SECOND_MS)).toBe('fenced');
    expect(await world.term(1).start()).toBe('fenced');
    expect(world.provider.charges.size).toBe(1);
    expect(await world.events()).toEqual(['ChargeRequested', 'Charged']);
  });

  it('the agenda is the same when it is read from the beginning of the log', async () => {
    const world = newWorld();
    world.provider.down = () => world.provider.timeout();
    const first = await world.started(1);
    for (const seat of ['a', 'b', 'c']) await request(world, seat);
    await world.tell({ type: 'SettleCharge', seat: 'b', outcome: { outcome: 'done', result: 'by webhook' } });
    await world.pass(first, 10 * SECOND_MS);
    const before = (await world.agendaStore.openEffects(0, 10)).map(({ key }) => key);
    await world.agendaStore.reset(0, 2);
    const second = await world.started(3);
    await second.flush();
    const after = (await world.agendaStore.openEffects(0, 10)).map(({ key }) => key);
    expect(before.toSorted()).toEqual(['charge:a', 'charge:c']);
    expect(after.toSorted()).toEqual(before.toSorted());
  });
});

describe('while the other side is down', () => {
  it('calls pause, nothing is lost, and all is done once it is back', async () => {
    const world = newWorld({ unclearInARowMax: 5 });
    world.provider.down = () => ({ outcome: 'unknown', reason: 'connection refused' });
    const core = await world.started(1);
    for (let seat = 0; seat < 200; seat++) await request(world, `seat-${seat}`);
    await world.pass(core, HOUR_MS / 4);
    expect(world.heard).toContain('paused');
    expect(world.provider.calls.length).toBeLessThan(300);
    world.provider.down = undefined;
    await world.pass(core, 3 * 60 * SECOND_MS);
    expect(world.provider.charges.size).toBe(200);
    expect((await world.events()).filter((type) => type === 'Charged')).toHaveLength(200);
  });

  it('what is beyond the bound waits in the table, not in mind, and is not asked about when it was never called', async () => {
    const world = newWorld({ effectsInMindMax: 10, callsMax: 2 });
    world.provider.silent = true;
    const core = await world.started(1);
    for (let seat = 0; seat < 50; seat++) await request(world, `seat-${seat}`);
    await world.pass(core, 10 * SECOND_MS);
    expect(core.status.effectsInMind).toBe(10);
    expect(await world.agendaStore.counts()).toEqual({ effects: 50, deadlines: 0 });
    world.provider.silent = false;
    await world.pass(core, 120 * SECOND_MS);
    expect((await world.events()).filter((type) => type === 'Charged')).toHaveLength(50);
    expect(world.provider.calls.filter((call) => call.startsWith('query')).length).toBeLessThanOrEqual(4);
    expect(await world.agendaStore.counts()).toEqual({ effects: 0, deadlines: 0 });
  });

  it('what waits for its turn longer than its budget is given up', async () => {
    const world = newWorld({ unclearInARowMax: 2, callsMax: 2, budgetMs: 600_000, breakerPauseMaxMs: 300_000 });
    world.provider.down = () => world.provider.timeout();
    const core = await world.started(1);
    for (let seat = 0; seat < 20; seat++) await request(world, `seat-${seat}`);
    await world.pass(core, 20 * 60 * SECOND_MS);
    expect((await world.events()).filter((type) => type === 'ChargeAbandoned')).toHaveLength(20);
  });
});

describe('the checkpoint', () => {
  it('is not moved without its rows when the table cannot be written', async () => {
    const world = newWorld();
    const { apply } = world.agendaStore;
    const core = await world.started(1);
    world.provider.down = () => ({ outcome: 'unknown', reason: 'timeout' });
    await request(world, 'stored');
    await world.pass(core, 6 * SECOND_MS);
    world.provider.silent = true;
    world.provider.down = undefined;
    await request(world, 'silent');
    await world.tell({ type: 'HoldSeat', seat: 'held', until: plusMs(world.database.now(), 60 * SECOND_MS) });
    await world.tell({ type: 'SettleCharge', seat: 'stored', outcome: { outcome: 'done', result: 'by webhook' } });
    world.agendaStore.apply = () => Promise.reject(new Error('the database is down'));
    await expect(world.pass(core, 6 * SECOND_MS)).rejects.toThrow('down');
    world.agendaStore.apply = apply;
    await world.pass(core, 0);
    expect(await world.agendaStore.openEffects(0, 10)).toMatchObject([{ key: 'charge:silent' }]);
    expect(await world.agendaStore.counts()).toEqual({ effects: 1, deadlines: 1 });
    expect(await world.agendaStore.claim(0, 2)).toMatchObject({ position: core.status.position });
  });
});
