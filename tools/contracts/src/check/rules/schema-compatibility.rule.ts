import { recordDecoder, versionsOf, type EventContract } from '@murmuration/contracts';
import type { Baseline } from '../../baseline/baseline';
import { differences } from '../../schema/compatibility';
import { jsonSchemaOf } from '../../schema/json-schema';
import { placeOfEvent, type Finding, type Rule } from '../finding';

const RECORD_IT = 'run `npm run contracts -- baseline` and commit what it writes';

const finding = (event: string, sentence: string, mend: string): Finding => ({
  rule: 'schema-compatibility',
  sentence,
  place: placeOfEvent(event),
  mend,
});

const changesOf = (event: EventContract, { schemas }: Baseline): readonly Finding[] =>
  versionsOf(event).flatMap(({ name, version, schema }) => {
    const before = schemas.get(name);
    if (before === undefined) return finding(name, `${name} is not in the baseline`, RECORD_IT);
    return differences(before, jsonSchemaOf(schema)).map(({ at, sentence, compatible }) => {
      const where = at === '' ? name : `${name}, ${at}`;
      return compatible
        ? finding(name, `${where}: ${sentence}, and the baseline does not know it`, RECORD_IT)
        : finding(
            name,
            `${where}: ${sentence}`,
            `take the change back, or declare version ${version + 1} with this one among its \`earlier\` versions`,
          );
    });
  });

const lostOf = (events: readonly EventContract[], { schemas, golden }: Baseline): readonly Finding[] => {
  const readable = new Set(events.flatMap((event) => versionsOf(event).map(({ name }) => name)));
  return [...new Set([...schemas.keys(), ...golden.keys()])]
    .filter((name) => !readable.has(name))
    .map((name) =>
      finding(
        name,
        `${name} was shipped, but its records cannot be read any more`,
        'declare it again, or name it among the `earlier` versions of the one that takes its place',
      ),
    );
};

const HEADERS = { ce_id: 'golden', ce_source: 'golden', ce_time: '2026-01-01T00:00:00.000Z' };

const unreadable = (events: readonly EventContract[], { golden }: Baseline): readonly Finding[] => {
  const decode = recordDecoder(events);
  const missing = events
    .filter(({ name }) => !golden.has(name))
    .map(({ name }) => finding(name, `${name} has no golden example`, RECORD_IT));
  const broken = [...golden].flatMap(([name, example]) => {
    const decoded = decode({ ...HEADERS, ce_type: name }, JSON.stringify(example));
    if (decoded.kind !== 'undecodable') return [];
    return finding(
      name,
      `the golden example of ${name} cannot be read: ${decoded.reason}`,
      'read everything that was ever said: take the change back, or mend the lift from that version',
    );
  });
  return [...missing, ...broken];
};

/** What was shipped stays readable by everyone: nothing changes but by optional fields, or as a version of its own. */
export const schemaCompatibility =
  (baseline: Baseline): Rule =>
  ({ events }) => [
    ...events.flatMap((event) => changesOf(event, baseline)),
    ...lostOf(events, baseline),
    ...unreadable(events, baseline),
  ];
