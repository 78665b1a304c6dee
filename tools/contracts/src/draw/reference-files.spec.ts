import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { staleness, writeReference } from './reference-files';

const FILES = new Map([
  ['flow.md', 'a graph'],
  ['schemas/a.schema.json', '{}'],
]);

describe('the drawn files', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'reference-'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it('are stale until they are written', () => {
    expect(staleness(root, FILES).outdated).toEqual(['docs/reference/flow.md', 'docs/reference/schemas/a.schema.json']);
    writeReference(root, FILES);
    expect(staleness(root, FILES)).toEqual({ outdated: [], superfluous: [] });
  });

  it('are stale once something else is drawn', () => {
    writeReference(root, FILES);
    const changed = new Map([...FILES, ['flow.md', 'another graph']]);
    expect(staleness(root, changed)).toEqual({ outdated: ['docs/reference/flow.md'], superfluous: [] });
  });

  it('lose the schemas of events that are no more, and leave all else alone', () => {
    writeReference(root, FILES);
    writeFileSync(join(root, 'docs/reference/schemas/gone.schema.json'), '{}');
    mkdirSync(join(root, 'docs/reference/more'));
    writeFileSync(join(root, 'docs/reference/README.md'), 'by hand');
    expect(writeReference(root, FILES).superfluous).toEqual(['docs/reference/schemas/gone.schema.json']);
    expect(readdirSync(join(root, 'docs/reference')).sort()).toEqual(['README.md', 'flow.md', 'more', 'schemas']);
    expect(readdirSync(join(root, 'docs/reference/schemas'))).toEqual(['a.schema.json']);
  });
});
