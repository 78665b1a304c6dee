import { type Chance, seededChance } from '@murmuration/testing';
import type { Inbound } from '../link';
import { stillClock } from '../flock.fixture';
import { admissionOf, type Admitted } from './admission';
import { renumbered, spoken } from './consumer.fixture';

const SEEDS = 200;
const RECORDS = 8;
const SOURCES = ['sightings', 'ships', 'towers'];

/** What each source says, with records that come late or again, in one log. */
const logOf = async (chance: Chance): Promise<readonly Inbound[]> => {
  const log: { readonly at: number; readonly record: Inbound }[] = [];
  for (const source of SOURCES) {
    const said = await spoken(...Array.from({ length: RECORDS }, (_, birds) => ({ place: source, birds })));
    for (const [index, { headers, ...plain }] of said.entries()) {
      const record = { ...plain, headers: { ...headers, mm_source: source } };
      const at = index + chance.next() + (chance.happens(0.3) ? chance.integer(1, RECORDS) : 0);
      log.push({ at, record });
      if (chance.happens(0.2)) log.push({ at: at + chance.integer(1, RECORDS), record });
    }
  }
  return renumbered(log.toSorted((one, other) => one.at - other.at).map(({ record }) => record));
};

describe('admission', () => {
  it('lets each source’s records in once and in order, however late some come and however few can be held', async () => {
    for (let seed = 0; seed < SEEDS; seed++) {
      const chance = seededChance(`admission-${seed}`);
      const log = await logOf(chance);
      const claim = { topic: 't', partition: 0, nextOffset: '0', watermarks: new Map() };
      const limits = { heldRecordsMax: chance.integer(1, 4), gapAlertMs: 1, clock: stillClock(), listener: {} };
      let admission = admissionOf(claim, limits);
      const admitted: Admitted[] = [];
      let offset = 0;
      for (let turns = 0; turns < 20 * log.length && offset < log.length; turns++) {
        const count = chance.integer(1, 5);
        admitted.push(...admission.take(log.slice(offset, offset + count)).admitted);
        offset = admission.takeSeek() ?? offset + count;
        if (!chance.happens(0.05)) continue;
        const watermarks = new Map(admitted.map(({ linked }) => [linked!.key, linked!.link] as const));
        admission.close();
        offset = admission.nextOffset();
        admission = admissionOf({ ...claim, nextOffset: String(offset), watermarks }, limits);
      }
      const positionsOf = (source: string) =>
        admitted.filter(({ linked }) => linked?.link.source === source).map(({ linked }) => linked?.link.position);
      const all = Array.from({ length: RECORDS }, (_, index) => index + 1);
      expect({ seed, next: admission.nextOffset(), positions: SOURCES.map(positionsOf) }).toEqual({
        ...{ seed, next: log.length, positions: SOURCES.map(() => all) },
      });
    }
  });
});
