import type { EffectOutcome, QueryOutcome } from '@murmuration/kernel';
import { type Chance, seededChance } from '@murmuration/testing';
import { type World, newWorld } from './agenda-core.fixture';

const SEEDS = 10;
const EFFECTS = 25;
const ROUNDS = 40;

/** A provider that takes the money at every call, loses calls and answers, and has bad days. */
const carelessProvider = (chance: Chance) => {
  const charges = new Map<string, number>();
  const bad = { day: true };
  const lost = { outcome: 'unknown', reason: 'lost' } as const;
  return {
    charges,
    bad,
    perform: async (key: string): Promise<EffectOutcome<string>> => {
      if (bad.day && chance.happens(0.2)) return lost;
      if (bad.day && chance.happens(0.1)) return { outcome: 'not-yet', reason: 'busy' };
      charges.set(key, (charges.get(key) ?? 0) + 1);
      if (bad.day && chance.happens(0.2)) return new Promise(() => undefined);
      return bad.day && chance.happens(0.2) ? lost : { outcome: 'done', result: 'receipt' };
    },
    query: async (key: string): Promise<QueryOutcome<string>> => {
      if (bad.day && chance.happens(0.2)) return lost;
      return charges.has(key) ? { outcome: 'done', result: 'receipt' } : { outcome: 'not-found' };
    },
  };
};

const live = async (world: World, chance: Chance): Promise<ReturnType<typeof carelessProvider>> => {
  const provider = carelessProvider(chance.fork('provider'));
  Object.assign(world.provider, { perform: provider.perform, query: provider.query });
  let epoch = 1;
  let core = await world.started(epoch);
  let asked = 0;
  for (let round = 0; round < ROUNDS; round++) {
    while (asked < EFFECTS && chance.happens(0.6)) await world.tell({ type: 'RequestCharge', seat: `seat-${asked++}` });
    world.gates.storeDown = chance.happens(0.1);
    await world.pass(core, chance.integer(0, 8_000));
    if (chance.happens(0.3)) core = await world.started(++epoch);
  }
  while (asked < EFFECTS) await world.tell({ type: 'RequestCharge', seat: `seat-${asked++}` });
  world.gates.storeDown = false;
  provider.bad.day = false;
  await world.pass(core, 300_000);
  return provider;
};

describe('under crashes, take-overs, lost calls and lost answers', () => {
  it.each([10_000, 4])('each effect happens exactly once and is told once (%i in mind)', async (effectsInMindMax) => {
    for (let seed = 0; seed < SEEDS; seed++) {
      const world = newWorld({ effectsInMindMax, callsMax: 8, callMaxMs: 3_000, unclearInARowMax: 10 });
      const { charges } = await live(world, seededChance(`crashes-${effectsInMindMax}-${seed}`));
      const events = await world.events();
      const facts = {
        ...{ seed, charges: [...charges.values()].filter((count) => count !== 1), charged: charges.size },
        ...{ told: events.filter((type) => type === 'Charged').length, open: await world.agendaStore.counts() },
      };
      expect(facts).toEqual({ seed, charges: [], charged: EFFECTS, told: EFFECTS, open: { effects: 0, deadlines: 0 } });
    }
  });
});
