import { EventStoreError, stateCache } from '@murmuration/event-store';
import { reject } from '@murmuration/kernel';
import { type Chance, seededChance } from '@murmuration/testing';
import { counting, countingCodec, countsOf, SIGHTINGS } from '../flock.fixture';
import type { Inbox } from '../inbox.port';
import type { Inbound } from '../link';
import { decisionsOf } from './decisions';
import { PARTITIONS, PLACES, setUp, spoken } from './group.fixture';

const SEEDS = 30;
const SIGHTINGS_SAID = 120;
const TURNS_MAX = 300;

type Trouble = { on: boolean };

/** Statements that fail at times, before or after they took effect. */
const shaky =
  (chance: Chance, trouble: Trouble) =>
  (inner: Inbox): Inbox => {
    const shake =
      <Args extends unknown[], Result>(call: (...args: Args) => Promise<Result>) =>
      async (...args: Args): Promise<Result> => {
        const fails = trouble.on && chance.happens(0.3);
        if (fails && chance.happens(0.5)) throw new EventStoreError('unavailable', 'it never arrived');
        const result = await call(...args);
        if (fails) throw new EventStoreError('unavailable', 'its answer was lost');
        return result;
      };
    const { claim, commit, commitTogether, noteAttempt, findParked, listWishes } = inner;
    /** Now and then one of the topic-partitions is claimed anew before the answer arrives. */
    const rivalled: Inbox['commitTogether'] = async (parts, append) => {
      const verdict = await commitTogether(parts, append);
      const { group, topic, partition } = chance.pick(parts).claim;
      if (trouble.on && chance.happens(0.1)) await claim(group, topic, partition, 'a rival');
      return verdict;
    };
    return {
      ...{ ...inner, claim: shake(claim), commit: shake(commit), commitTogether: shake(rivalled) },
      ...{ noteAttempt: shake(noteAttempt), findParked: shake(findParked), listWishes: shake(listWishes) },
    };
  };

/** The log of a topic-partition in which some records come late, or once more. */
const disturbed = (records: readonly Inbound[], chance: Chance): readonly Inbound[] =>
  records
    .flatMap((record, index) => {
      const at = index + chance.next() / 2 + (chance.happens(0.1) ? chance.integer(1, 9) : 0);
      return chance.happens(0.1)
        ? [
            { at, record },
            { at: at + chance.integer(1, 9), record },
          ]
        : [{ at, record }];
    })
    .toSorted((one, other) => one.at - other.at)
    .map(({ record }, offset) => ({ ...record, offset: String(offset) }));

/** Nobody counts the same birds at a place twice: what is decided once more is refused. */
const decisions = () =>
  decisionsOf(
    {
      ...counting,
      decide: (command, stateOf) =>
        command.type === 'Count' && stateOf(`place-${command.place}`).counts.includes(command.birds)
          ? reject({ type: 'PlaceIsClosed' })
          : counting.decide(command, stateOf),
    },
    countingCodec,
    stateCache(),
  );

type Subject = ReturnType<typeof setUp>;

/** Hands over a topic-partition's log, from where each claim says, until all of it is applied. */
const handOver = async ({ group, memory }: Subject, log: readonly Inbound[], partition: number, chance: Chance) => {
  let offset: number | undefined;
  for (let turn = 0; turn < TURNS_MAX && (offset ?? 0) < log.length; turn++) {
    offset ??= Number((await group.claim(SIGHTINGS, partition))?.nextOffset);
    const count = chance.integer(1, 9);
    const rival = chance.happens(0.04) ? memory.claim('tally', SIGHTINGS, partition, 'a rival') : undefined;
    const { outcome, ...handled } = await group.handle(SIGHTINGS, partition, log.slice(offset, offset + count));
    await rival;
    const next = 'seekTo' in handled ? Number(handled.seekTo) : offset + count;
    offset = outcome === 'applied' && !chance.happens(0.05) ? next : undefined;
  }
};

/** Has everything discarded that failed, and what only waited behind it done. */
const settleAll = async ({ group, memory, rounds }: Subject): Promise<void> => {
  for (let round = 0; round < TURNS_MAX && (await memory.countParked()) > 0; round++) {
    for (let partition = 0; partition < PARTITIONS; partition++) await group.claim(SIGHTINGS, partition);
    for (const { id, kind } of await memory.listParked({ limit: 1_000 }))
      if (kind !== 'queued') await memory.wish(id, 'discard', 'ada');
    await rounds(10);
  }
};

describe('a group whose inbox fails at times, and loses answers and claims', () => {
  it('applies every record once and in order per key, and parks none but what its rules fail on', async () => {
    for (let seed = 0; seed < SEEDS; seed++) {
      const chance = seededChance(`shaky-${seed}`);
      const trouble: Trouble = { on: true };
      const bounds = { heldRecordsMax: 3, recordsPerBatchMax: 4, decisions: decisions() };
      const subject = setUp(shaky(chance.fork('inbox'), trouble), bounds);
      const sightings = Array.from({ length: SIGHTINGS_SAID }, (_, birds) => ({
        ...{ place: chance.pick(PLACES), birds },
        ...(chance.happens(0.05) && { command: 'Explode' as const }),
      }));
      const logs = (await spoken(...sightings)).map((records) => disturbed(records, chance));
      await Promise.all(logs.map((log, partition) => handOver(subject, log, partition, chance)));
      trouble.on = false;
      await settleAll(subject);
      const counted = await Promise.all(PLACES.map((place) => countsOf(subject.store, place)));
      const expected = PLACES.map((name) =>
        sightings.flatMap(({ place, command, birds }) => (place === name && command === undefined ? [birds] : [])),
      );
      const parkedWrongly = subject
        .all('parked')
        .filter(({ reason }) => !/a bug in the rules|an earlier record/.test(String(reason)));
      const parked = await subject.memory.countParked();
      expect({ seed, counted, parkedWrongly, parked }).toEqual({
        seed,
        counted: expected,
        parkedWrongly: [],
        parked: 0,
      });
      await subject.group.stop();
    }
  });
});
