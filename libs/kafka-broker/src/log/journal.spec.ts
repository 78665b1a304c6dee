import { copyFileSync, mkdtempSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Journal } from './journal';

describe('a journal', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'murmuration-journal-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const opened = (path: string) => {
    const entries: string[] = [];
    const journal = new Journal(path, () => undefined);
    journal.open((payload) => entries.push(payload.toString()));
    return { journal, entries };
  };
  const write = (journal: Journal, ...entries: string[]) => {
    for (const entry of entries) journal.append(Buffer.from(entry));
    journal.write();
    journal.committed();
  };

  it('gives back what was written, up to a torn entry, wherever it is torn', () => {
    const whole = join(folder, 'whole');
    const { journal } = opened(whole);
    write(journal, 'one', 'two');
    journal.close();
    const bytes = statSync(whole).size;
    const torn = join(folder, 'torn');
    for (let length = 0; length <= bytes; length++) {
      copyFileSync(whole, torn);
      truncateSync(torn, length);
      const { journal: again, entries } = opened(torn);
      expect(entries).toEqual(['one', 'two'].slice(0, Math.floor(length / (bytes / 2))));
      write(again, 'three');
      again.close();
      const last = opened(torn);
      expect(last.entries).toEqual([...entries, 'three']);
      last.journal.close();
    }
  });

  it('can be replaced as a whole and written on', () => {
    const path = join(folder, 'journal');
    const { journal } = opened(path);
    write(journal, 'one', 'two', 'three');
    journal.rewrite([Buffer.from('sum')]);
    write(journal, 'four');
    journal.close();
    const again = opened(path);
    expect(again.entries).toEqual(['sum', 'four']);
    again.journal.close();
  });
});
