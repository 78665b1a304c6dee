import { isDeepStrictEqual } from 'node:util';
import type { JsonSchema } from './json-schema';

/** One difference between two schemas of one event version. */
export type Difference = {
  /** `lines[].quantity` */
  readonly at: string;
  readonly sentence: string;
  /** True for a field that may be absent and is read by nobody of before: the only change that hurts no one. */
  readonly compatible: boolean;
};

const OLD_READERS = 'services of before cannot read what is said now';
const OLD_RECORDS = 'records of before cannot be read any more';

const broken = (at: string, what: string, why: string): Difference => ({
  at,
  sentence: `${what}: ${why}`,
  compatible: false,
});

/** Bounds that tighten as they grow, and those that tighten as they shrink. */
const LOWER_BOUNDS = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties'];
const UPPER_BOUNDS = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties'];
const BOUNDS = [...LOWER_BOUNDS, ...UPPER_BOUNDS];

/** Compared by rules of their own, or said to people alone. */
const OTHERWISE = new Set([
  ...BOUNDS,
  ...['type', 'properties', 'required', 'items', 'anyOf', 'oneOf', 'enum'],
  ...['$schema', '$id', 'title', 'description', 'examples', 'x-personal'],
]);

const bounds = (before: JsonSchema, after: JsonSchema, at: string): readonly Difference[] =>
  BOUNDS.flatMap((keyword) => {
    const loosest = LOWER_BOUNDS.includes(keyword) ? -Infinity : Infinity;
    const [old = loosest, now = loosest] = [before[keyword], after[keyword]] as (number | undefined)[];
    if (old === now) return [];
    const isTighter = LOWER_BOUNDS.includes(keyword) ? now > old : now < old;
    const what = `${keyword} goes from ${Number.isFinite(old) ? old : 'none'} to ${Number.isFinite(now) ? now : 'none'}`;
    return [broken(at, what, isTighter ? OLD_RECORDS : OLD_READERS)];
  });

const choices = (before: JsonSchema, after: JsonSchema, at: string): readonly Difference[] => {
  if (before.enum === undefined && after.enum === undefined) return [];
  if (before.enum === undefined) return [broken(at, 'it becomes a closed list of words', OLD_RECORDS)];
  if (after.enum === undefined) return [broken(at, 'it is no closed list of words any more', OLD_READERS)];
  const [old, now] = [before.enum, after.enum];
  return [
    ...now
      .filter((word) => !old.includes(word))
      .map((word) => broken(at, `the word ${JSON.stringify(word)} is new`, OLD_READERS)),
    ...old
      .filter((word) => !now.includes(word))
      .map((word) => broken(at, `the word ${JSON.stringify(word)} is gone`, OLD_RECORDS)),
  ];
};

const fieldOf = (at: string, name: string): string => (at === '' ? name : `${at}.${name}`);

const fields = (before: JsonSchema, after: JsonSchema, at: string): readonly Difference[] => {
  const [old, now] = [before.properties ?? {}, after.properties ?? {}];
  const isRequired = ({ required = [] }: JsonSchema, name: string): boolean => required.includes(name);
  const gone = Object.keys(old)
    .filter((name) => now[name] === undefined)
    .map((name) =>
      isRequired(before, name)
        ? broken(fieldOf(at, name), 'the required field is gone', OLD_READERS)
        : broken(
            fieldOf(at, name),
            'the optional field is gone',
            'records of before have it, and a later field of that name would misread them',
          ),
    );
  const kept = Object.entries(old).flatMap(([name, schema]) => {
    const successor = now[name];
    if (successor === undefined) return [];
    const inner = fieldOf(at, name);
    const inside = differences(schema, successor, inner);
    if (isRequired(before, name) === isRequired(after, name)) return inside;
    return isRequired(before, name)
      ? [broken(inner, 'the required field becomes optional', OLD_READERS), ...inside]
      : [broken(inner, 'the optional field becomes required', OLD_RECORDS), ...inside];
  });
  const added = Object.keys(now)
    .filter((name) => old[name] === undefined)
    .map((name): Difference =>
      isRequired(after, name)
        ? broken(fieldOf(at, name), 'a required field is added', OLD_RECORDS)
        : { at: fieldOf(at, name), sentence: 'an optional field is added', compatible: true },
    );
  return [...gone, ...kept, ...added];
};

const alternatives = (before: JsonSchema, after: JsonSchema, at: string): readonly Difference[] =>
  (['anyOf', 'oneOf'] as const).flatMap((keyword) => {
    const [old = [], now = []] = [before[keyword], after[keyword]];
    if (old.length !== now.length)
      return [
        broken(
          at,
          `it has ${now.length} alternatives instead of ${old.length}`,
          now.length > old.length ? OLD_READERS : OLD_RECORDS,
        ),
      ];
    return old.flatMap((schema, index) => differences(schema, now[index] ?? {}, at));
  });

const everythingElse = (before: JsonSchema, after: JsonSchema, at: string): readonly Difference[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((keyword) => !OTHERWISE.has(keyword) && !isDeepStrictEqual(before[keyword], after[keyword]))
    .map((keyword) =>
      broken(
        at,
        `${keyword} goes from ${JSON.stringify(before[keyword]) ?? 'none'} to ${JSON.stringify(after[keyword]) ?? 'none'}`,
        'services of before and of now do not accept the same',
      ),
    );

const typeOf = ({ type = 'any' }: JsonSchema): string => [type].flat().join(' or ');

/**
 * How the schema of one event version changed. A topic is read from its beginning and services are deployed one by one, so a
 * change is compatible only if every reader of before reads all that is said now, and every reader of now all that was said before.
 */
export const differences = (before: JsonSchema, after: JsonSchema, at = ''): readonly Difference[] => {
  if (!isDeepStrictEqual(before.type, after.type))
    return [broken(at, `the type goes from ${typeOf(before)} to ${typeOf(after)}`, OLD_READERS)];
  return [
    ...fields(before, after, at),
    ...(before.items === undefined && after.items === undefined
      ? []
      : differences(before.items ?? {}, after.items ?? {}, `${at}[]`)),
    ...choices(before, after, at),
    ...bounds(before, after, at),
    ...alternatives(before, after, at),
    ...everythingElse(before, after, at),
  ];
};
