import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SCENARIOS, scenarioTable } from '.';
import { OTHER_TESTS, WAITING } from './other-tests';

const ROOT = join(__dirname, '..', '..', '..', '..');
const PAGE = join(ROOT, 'docs', 'reference', 'scenarios.md');
const SCENARIOS_MAX = 55;

describe('the table of scenarios', () => {
  it('is committed as it is drawn: if this fails, run `npm run simulate -- --draw-scenarios` and commit what it writes', () => {
    expect(existsSync(PAGE) ? readFileSync(PAGE, 'utf8') : '').toBe(scenarioTable(SCENARIOS));
  });

  it('has each number once', () => {
    const numbers = [...SCENARIOS.map(({ number }) => number), ...WAITING.keys()].sort((left, right) => left - right);
    expect(numbers).toEqual(Array.from({ length: SCENARIOS_MAX }, (_, nth) => nth + 1));
  });

  it.each(SCENARIOS.map(({ number, file }) => [number, file] as const))(
    'says where %i stands: %s.ts',
    (number, file) => {
      expect(readFileSync(join(__dirname, `${file}.ts`), 'utf8')).toContain(`number: ${number},`);
    },
  );

  const others = [...new Map([...OTHER_TESTS.values()].flat().map((other) => [JSON.stringify(other), other])).values()];
  it.each(others)('names tests that are there: $title in $file', ({ file, title }) => {
    const text = readFileSync(join(ROOT, file), 'utf8');
    expect(text).toContain(title ?? '');
  });
});
