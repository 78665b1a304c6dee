import { plusMs } from '@murmuration/kernel';
import { type World, newWorld } from './agenda-core.fixture';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const hold = (world: World, seat: string, forMs: number) =>
  world.tell({ type: 'HoldSeat', seat, until: plusMs(world.database.now(), forMs) });

describe('a deadline', () => {
  it('fires once when it is due, also when its row was not written yet', async () => {
    const world = newWorld();
    const core = await world.started(1);
    await hold(world, 'a', 2 * SECOND_MS);
    await world.pass(core, SECOND_MS);
    expect(await world.events()).toEqual(['SeatHeld']);
    await world.pass(core, 2 * SECOND_MS + 100);
    expect(await world.events()).toEqual(['SeatHeld', 'HoldLapsed']);
    await world.pass(core, MINUTE_MS);
    expect(world.heard).toEqual(['fired hold:a']);
    expect(await world.agendaStore.counts()).toEqual({ effects: 0, deadlines: 0 });
  });

  it('does not fire when the wait has ended', async () => {
    const world = newWorld();
    const core = await world.started(1);
    await hold(world, 'a', 30 * SECOND_MS);
    await world.pass(core, 10 * SECOND_MS);
    await world.tell({ type: 'PaySeat', seat: 'a' });
    await world.pass(core, MINUTE_MS);
    expect(world.heard).toEqual([]);
    expect(await world.events()).toEqual(['SeatHeld', 'SeatPaid']);
  });

  it('that is set again counts from the new instant', async () => {
    const world = newWorld();
    const core = await world.started(1);
    await hold(world, 'a', 20 * SECOND_MS);
    await world.pass(core, 10 * SECOND_MS);
    await hold(world, 'a', MINUTE_MS);
    await world.pass(core, 50 * SECOND_MS);
    expect(world.heard).toEqual([]);
    await world.pass(core, 12 * SECOND_MS);
    expect(world.heard).toEqual(['fired hold:a']);
  });

  it('at the instant of success loses or wins by the state, and is a noted no-op when it loses', async () => {
    const world = newWorld();
    const core = await world.started(1);
    await hold(world, 'a', 10 * SECOND_MS);
    await world.pass(core, 9_900);
    world.wait(2 * SECOND_MS);
    await Promise.all([world.tell({ type: 'PaySeat', seat: 'a' }), core.step()]);
    await world.pass(core, MINUTE_MS);
    const events = await world.events();
    expect(events).toHaveLength(2);
    expect(['SeatPaid', 'HoldLapsed']).toContain(events[1]);
  });

  it('that the rules have nothing to say to is forgotten', async () => {
    const world = newWorld();
    const core = await world.started(1);
    await hold(world, 'a', 10 * SECOND_MS);
    await world.pass(core, 6 * SECOND_MS);
    const { readLog } = world.store;
    world.store.readLog = () => Promise.resolve([]); // The runner does not see the payment in time.
    await world.tell({ type: 'PaySeat', seat: 'a' });
    await world.pass(core, 10 * SECOND_MS);
    expect(world.heard).toEqual(['stale hold:a']);
    world.store.readLog = readLog;
    await world.pass(core, 10 * SECOND_MS);
    expect(world.heard).toEqual(['stale hold:a']);
    expect(await world.agendaStore.counts()).toEqual({ effects: 0, deadlines: 0 });
  });

  it('does not fire twice after a take-over, nor when the clock jumps back', async () => {
    const world = newWorld();
    const first = await world.started(1);
    await hold(world, 'a', 10 * SECOND_MS);
    await world.pass(first, 11 * SECOND_MS);
    expect(world.heard).toEqual(['fired hold:a']);
    world.database.jumpTo(plusMs(world.database.now(), -5 * MINUTE_MS));
    const second = await world.started(2);
    await world.pass(second, 10 * MINUTE_MS);
    expect(await world.events()).toEqual(['SeatHeld', 'HoldLapsed']);
  });

  it('fires again when the store was down, and is decided once', async () => {
    const world = newWorld();
    const core = await world.started(1);
    await hold(world, 'a', 10 * SECOND_MS);
    await world.pass(core, 6 * SECOND_MS);
    world.gates.storeDown = true;
    await world.pass(core, 10 * SECOND_MS);
    world.gates.storeDown = false;
    await world.pass(core, 2 * SECOND_MS);
    expect(await world.events()).toEqual(['SeatHeld', 'HoldLapsed']);
  });

  it('fires although as many as fill a page cannot, and those fire as soon as they can', async () => {
    const world = newWorld({ deadlinesPerPollMax: 2 });
    const core = await world.started(1);
    for (const seat of ['a', 'b', 'c']) await hold(world, seat, 10 * SECOND_MS);
    for (const seat of ['a', 'b']) world.gates.seatsDown.add(seat);
    await world.pass(core, 15 * SECOND_MS);
    expect(world.heard).toEqual(['fired hold:c']);
    world.gates.seatsDown.clear();
    await world.pass(core, 3 * SECOND_MS);
    expect(world.heard.toSorted()).toEqual(['fired hold:a', 'fired hold:b', 'fired hold:c']);
    await world.pass(core, 10 * SECOND_MS);
    expect(await world.agendaStore.counts()).toEqual({ effects: 0, deadlines: 0 });
  });

  it('that cannot be fired is tried again at each poll, not more often, also when a page is full of them', async () => {
    const world = newWorld({ deadlinesPerPollMax: 2 });
    const core = await world.started(1);
    for (const seat of ['a', 'b']) await hold(world, seat, 10 * SECOND_MS);
    await world.pass(core, 9 * SECOND_MS);
    world.gates.storeDown = true;
    let polls = 0;
    const { dueDeadlines } = world.agendaStore;
    world.agendaStore.dueDeadlines = (...asked) => {
      polls += 1;
      return dueDeadlines(...asked);
    };
    await world.pass(core, 20 * SECOND_MS);
    expect(polls).toBeLessThan(25);
  });

  it('fires for more than one page of due ones', async () => {
    const world = newWorld({ deadlinesPerPollMax: 10 });
    const core = await world.started(1);
    for (let seat = 0; seat < 35; seat++) await hold(world, `seat-${seat}`, 10 * SECOND_MS);
    await world.pass(core, 12 * SECOND_MS);
    expect((await world.events()).filter((type) => type === 'HoldLapsed')).toHaveLength(35);
  });
});

describe('during our own outage', () => {
  it('no deadline fires, and each is pushed back by its length', async () => {
    const world = newWorld();
    const core = await world.started(1);
    await hold(world, 'a', MINUTE_MS);
    await world.pass(core, 10 * SECOND_MS);
    world.gates.caughtUp = false;
    await world.pass(core, 10 * MINUTE_MS);
    world.gates.caughtUp = true;
    await world.pass(core, 45 * SECOND_MS);
    expect(world.heard).toEqual([]);
    await world.pass(core, 10 * SECOND_MS);
    expect(world.heard).toEqual(['fired hold:a']);
  });

  it('when nobody ran the agenda, deadlines are pushed back by that time too', async () => {
    const world = newWorld();
    await hold(world, 'a', MINUTE_MS);
    await world.pass(await world.started(1), 10 * SECOND_MS);
    world.wait(60 * MINUTE_MS);
    const second = await world.started(2);
    await world.pass(second, 45 * SECOND_MS);
    expect(world.heard).toEqual([]);
    await world.pass(second, 10 * SECOND_MS);
    expect(world.heard).toEqual(['fired hold:a']);
  });

  it('deadlines are pushed back by that time also when whoever ran it first again died before it stored anything', async () => {
    const world = newWorld();
    await hold(world, 'a', MINUTE_MS);
    await world.pass(await world.started(1), 10 * SECOND_MS);
    world.wait(60 * MINUTE_MS);
    await world.started(2);
    const third = await world.started(3);
    await world.pass(third, 45 * SECOND_MS);
    expect(world.heard).toEqual([]);
    await world.pass(third, 10 * SECOND_MS);
    expect(world.heard).toEqual(['fired hold:a']);
  });

  it('a deadline set after it counts in full', async () => {
    const world = newWorld();
    const core = await world.started(1);
    world.gates.caughtUp = false;
    await world.pass(core, 10 * MINUTE_MS);
    world.gates.caughtUp = true;
    await world.pass(core, 0);
    await hold(world, 'a', 30 * SECOND_MS);
    await world.pass(core, 29 * SECOND_MS);
    expect(world.heard).toEqual([]);
    await world.pass(core, 3 * SECOND_MS);
    expect(world.heard).toEqual(['fired hold:a']);
  });

  it('a take-over within a moment is no outage', async () => {
    const world = newWorld();
    await hold(world, 'a', 30 * SECOND_MS);
    await world.pass(await world.started(1), 6 * SECOND_MS);
    world.wait(10 * SECOND_MS);
    await world.pass(await world.started(2), 16 * SECOND_MS);
    expect(world.heard).toEqual(['fired hold:a']);
  });
});
