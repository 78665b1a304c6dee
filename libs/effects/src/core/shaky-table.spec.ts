import { plusMs } from '@murmuration/kernel';
import { type Chance, seededChance } from '@murmuration/testing';
import { type World, newWorld } from './agenda-core.fixture';

const SEEDS = 20;
const ROUNDS = 60;
const SEATS = ['a', 'b', 'c', 'd', 'e'];
const LONG_MS = 400_000;

type Trouble = { on: boolean };

/** Statements that fail at times, before or after they took effect. */
const shake = (world: World, chance: Chance, trouble: Trouble): void => {
  const { agendaStore, store } = world;
  const shaky =
    <Args extends unknown[], Result>(call: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      const fails = trouble.on && chance.happens(0.15);
      if (fails && chance.happens(0.5)) throw new Error('it never arrived');
      const result = await call(...args);
      if (fails) throw new Error('its answer was lost');
      return result;
    };
  agendaStore.apply = shaky(agendaStore.apply);
  agendaStore.openEffects = shaky(agendaStore.openEffects);
  agendaStore.dueDeadlines = shaky(agendaStore.dueDeadlines);
  store.readLog = shaky(store.readLog);
};

/** The last of a seat's events that are of these types. */
const lastOf = async ({ store }: World, seat: string, types: RegExp): Promise<string | undefined> => {
  const events = (await store.readStreams([{ streamId: seat }])).get(seat) ?? [];
  return events.findLast(({ type }) => types.test(type))?.type;
};
const isCharging = async (world: World, seat: string): Promise<boolean> =>
  (await lastOf(world, seat, /^Charge/)) === 'ChargeRetried';
const isHeld = async (world: World, seat: string): Promise<boolean> =>
  (await lastOf(world, seat, /^(Seat|Hold)/)) === 'SeatHeld';

/** Somebody asks for a charge, or somebody else says that it is done; and a hold begins or ends. */
const live = async (world: World, chance: Chance): Promise<void> => {
  const seat = chance.pick(SEATS);
  if (!(await isCharging(world, seat))) await world.tell({ type: 'RetryCharge', seat });
  else if (chance.happens(0.6))
    await world.tell({ type: 'SettleCharge', seat, outcome: { outcome: 'done', result: 'by webhook' } });
  const until = plusMs(world.database.now(), chance.integer(1, 20_000));
  if (chance.happens(0.3)) await world.tell({ type: 'HoldSeat', seat, until });
  if (chance.happens(0.1)) await world.tell({ type: 'PaySeat', seat });
};

/** Goes on after whatever fails, as the runner does. */
const anyhow = async <Result>(work: () => Promise<Result>): Promise<Result | undefined> =>
  work().catch((error: unknown) => {
    if (!(error instanceof Error) || !/never arrived|was lost/.test(error.message)) throw error;
    return undefined;
  });

describe('an agenda with little room in mind, whose table and log fail at times', () => {
  it('ends every effect and every deadline, and calls nobody afterwards', async () => {
    for (let seed = 0; seed < SEEDS; seed++) {
      const chance = seededChance(`shaky-${seed}`);
      const world = newWorld({
        ...{ effectsInMindMax: chance.integer(1, 3), callsMax: chance.integer(1, 4), callMaxMs: 3_000 },
        ...{ unclearInARowMax: 4, deadlinesPerPollMax: chance.integer(1, 4), readMax: chance.integer(1, 10) },
      });
      const trouble: Trouble = { on: true };
      shake(world, chance.fork('table'), trouble);
      world.provider.down = () =>
        trouble.on && chance.happens(0.3) ? { outcome: 'unknown', reason: 'lost' } : undefined;
      let epoch = 0;
      const begin = async (): Promise<ReturnType<World['term']>> => {
        const core = world.term(++epoch);
        return (await anyhow(() => core.start())) === 'started' ? core : begin();
      };
      let core = await begin();
      for (let round = 0; round < ROUNDS; round++) {
        for (let left = chance.integer(0, 8); left > 0; left--) await live(world, chance);
        world.gates.storeDown = chance.happens(0.1);
        for (let turn = 0; turn < 3; turn++) await anyhow(() => world.pass(core, chance.integer(0, 4_000)));
        if (chance.happens(0.15)) core = await begin();
      }
      trouble.on = false;
      world.gates.storeDown = false;
      await world.pass(core, LONG_MS);
      const calls = world.provider.calls.length;
      await world.pass(core, LONG_MS);
      const later = world.provider.calls.length - calls;
      const charging = await Promise.all(SEATS.map((seat) => isCharging(world, seat)));
      const held = await Promise.all(SEATS.map((seat) => isHeld(world, seat)));
      const none = SEATS.map(() => false);
      expect({ seed, later, charging, held, open: await world.agendaStore.counts() }).toEqual({
        ...{ seed, later: 0, charging: none, held: none, open: { effects: 0, deadlines: 0 } },
      });
    }
  });
});
