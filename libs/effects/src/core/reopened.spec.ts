import { type World, newWorld } from './agenda-core.fixture';

const SECOND_MS = 1_000;
const request = (world: World, seat: string) => world.tell({ type: 'RequestCharge', seat });
const payOtherwise = (world: World, seat: string) =>
  world.tell({ type: 'SettleCharge', seat, outcome: { outcome: 'done', result: 'by webhook' } });

describe('an effect that is closed and opened again', () => {
  it('and closed once more leaves no row behind, and nobody is called for it, though there was no room for it in mind', async () => {
    const world = newWorld({ effectsInMindMax: 1 });
    world.provider.down = () => world.provider.timeout();
    const core = await world.started(1);
    for (const seat of ['mind', 'table']) await request(world, seat);
    await world.pass(core, 10 * SECOND_MS);
    expect(await world.agendaStore.counts()).toMatchObject({ effects: 2 });
    await payOtherwise(world, 'table');
    await world.tell({ type: 'RetryCharge', seat: 'table' });
    await payOtherwise(world, 'table');
    await world.pass(core, 10 * SECOND_MS);
    world.provider.down = undefined;
    await world.pass(core, 120 * SECOND_MS);
    expect(world.provider.calls.filter((call) => call.endsWith(':table'))).toEqual([]);
    expect(await world.agendaStore.counts()).toEqual({ effects: 0, deadlines: 0 });
  });

  it('is not given up for a call that was made before and is never answered', async () => {
    const world = newWorld({ callMaxMs: 10 * SECOND_MS, budgetMs: 5 * SECOND_MS });
    const core = await world.started(1);
    world.provider.silent = true;
    await request(world, 'a');
    await world.pass(core, 8 * SECOND_MS);
    await payOtherwise(world, 'a');
    await world.tell({ type: 'RetryCharge', seat: 'a' });
    world.provider.query = () => new Promise(() => undefined);
    await world.pass(core, 4 * SECOND_MS);
    expect(await world.events()).toEqual(['ChargeRequested', 'Charged', 'ChargeRetried']);
  });
});

describe('a runner whose lease is in doubt', () => {
  it('gives nothing up: whoever has the lease may just be told that it was done', async () => {
    const world = newWorld({ unclearInARowMax: 1, callsMax: 1, budgetMs: 60 * SECOND_MS, breakerPauseMs: 50_000 });
    world.provider.down = () => world.provider.timeout();
    const lease = { held: true };
    const core = await world.started(1, { mayCall: () => lease.held });
    for (const seat of ['a', 'b']) await request(world, seat);
    await world.pass(core, 10 * SECOND_MS);
    lease.held = false;
    await world.pass(core, 100 * SECOND_MS);
    expect(await world.events()).toEqual(['ChargeRequested', 'ChargeRequested']);
    lease.held = true;
    await world.pass(core, SECOND_MS);
    expect((await world.events()).filter((type) => type === 'ChargeAbandoned')).toHaveLength(2);
  });
});
