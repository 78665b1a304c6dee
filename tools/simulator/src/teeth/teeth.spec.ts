import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { biteInto } from './bite';
import { patched, PatchMisfit } from './bug';
import { BUGS } from './bugs';

const ROOT = join(__dirname, '../../../..');
const SEED = 1;
const RUN_MAX_MS = 60_000;

/** Caught within a second or two each, by different parts of the oracle. */
const QUICK: readonly (readonly [name: string, invariant: string, runs: number])[] = [
  ['no watermark', 'I5', 3],
  ['watermark not advanced in the transaction', 'I5', 3],
  ['relay sends out of order', 'order', 3],
  ['projection counts twice', 'I6', 3],
  ['double capture on webhook', 'I1', 5],
  ['cancelled before undo confirmed', 'I7', 5],
  ['a cent is authorised', 'I1', 3],
  ['only the first line reserved', 'I2', 3],
  ['delivery not announced', 'I4', 3],
  ['correlation lost', 'I5', 3],
];

const bugOf = (name: string) => {
  const bug = BUGS.find((each) => each.name === name);
  if (bug === undefined) throw new Error(`no bug ${name}`);
  return bug;
};

describe('the planted bugs', () => {
  it.each(BUGS.map((bug) => [bug.name, bug] as const))('"%s" still fits the code', (_, bug) => {
    for (const file of new Set(bug.edits.map((edit) => edit.file))) {
      const source = readFileSync(join(ROOT, file), 'utf8');
      expect(patched(source, file, bug)).not.toBe(source);
    }
  });

  it('are told apart by their names, and there are enough of them', () => {
    expect(new Set(BUGS.map(({ name }) => name)).size).toBe(BUGS.length);
    expect(BUGS.length).toBeGreaterThanOrEqual(25);
  });

  it('are refused where their snippet is missing or stands twice', () => {
    const bug = { name: 'none', says: '', edits: [{ file: 'a.ts', find: 'x', replace: 'y' }] };
    expect(() => patched('', 'a.ts', bug)).toThrow(PatchMisfit);
    expect(() => patched('x x', 'a.ts', bug)).toThrow(PatchMisfit);
    expect(patched('x', 'a.ts', bug)).toBe('y');
    expect(patched('x x', 'b.ts', bug)).toBe('x x');
  });
});

describe('the teeth', () => {
  it.each(QUICK)(
    'catch "%s" by %s',
    async (name, invariant, runs) => {
      const { caught, broke } = await biteInto(bugOf(name), { root: ROOT, seed: SEED, runs, runMaxMs: RUN_MAX_MS });
      expect(broke).toBeUndefined();
      expect(caught?.finding.invariant).toBe(invariant);
    },
    2 * RUN_MAX_MS,
  );

  it(
    'leave the code as it is alone',
    async () => {
      const bite = await biteInto(undefined, { root: ROOT, seed: SEED, runs: 3, runMaxMs: RUN_MAX_MS });
      expect(bite).toEqual({ bug: undefined, runs: 3 });
    },
    2 * RUN_MAX_MS,
  );
});
