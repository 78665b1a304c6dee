import { type World, newWorld, seatAgenda } from './agenda-core.fixture';

const request = (world: World, seat: string) => world.tell({ type: 'RequestCharge', seat });
const SECOND_MS = 1_000;

describe('an outcome', () => {
  it('that cannot be stored is told again later, without another call', async () => {
    const world = newWorld();
    const core = await world.started(1);
    await request(world, 'a');
    world.gates.storeDown = true;
    await world.pass(core, SECOND_MS);
    expect(await world.events()).toEqual(['ChargeRequested']);
    world.gates.storeDown = false;
    await world.pass(core, 5 * SECOND_MS);
    expect(await world.events()).toEqual(['ChargeRequested', 'Charged']);
    expect(world.provider.calls).toEqual(['perform charge:a']);
  });

  it('that the rules fail on is told again later, without another call', async () => {
    const world = newWorld();
    let failures = 3;
    const settle: typeof seatAgenda.settle = (...told) => {
      if (failures-- > 0) throw new Error('a bug in the rules');
      return seatAgenda.settle(...told);
    };
    const core = await world.started(1, { agenda: { ...seatAgenda, settle } });
    await request(world, 'a');
    await world.pass(core, 5 * SECOND_MS);
    expect(await world.events()).toEqual(['ChargeRequested', 'Charged']);
    expect(world.provider.calls).toEqual(['perform charge:a']);
  });

  it('that came by another way first is not told twice', async () => {
    const world = newWorld({ callMaxMs: 10_000 });
    world.provider.silent = true;
    const core = await world.started(1);
    await request(world, 'a');
    await world.pass(core, 0);
    await world.tell({ type: 'SettleCharge', seat: 'a', outcome: { outcome: 'done', result: 'by webhook' } });
    await world.pass(core, 30 * SECOND_MS);
    expect(await world.events()).toEqual(['ChargeRequested', 'Charged']);
    expect(world.provider.calls).toEqual(['perform charge:a']);
  });
});
