import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommittedOffsets } from './committed-offsets';

describe('committed offsets', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'murmuration-offsets-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const offset = (value: number, partition = 0) => ({
    topic: 'topic',
    partition,
    offset: value,
    leaderEpoch: -1,
    metadata: `at ${value}`,
  });
  const write = (offsets: CommittedOffsets) => {
    offsets.durable.write();
    offsets.durable.committed();
  };

  it('are there again after a restart, as given, and those of a deleted group are not', () => {
    const offsets = new CommittedOffsets(folder);
    offsets.commit('a', [offset(1), offset(-2, 1)]);
    offsets.commit('a', [offset(5)]);
    offsets.commit('b', [offset(9)]);
    offsets.forgetGroup('b');
    write(offsets);
    offsets.stop();
    const again = new CommittedOffsets(folder);
    expect(again.all('a')).toEqual([offset(5), offset(-2, 1)]);
    expect(again.groupIds()).toEqual(['a']);
    again.stop();
  });

  it('are undone when they could not be written', () => {
    const offsets = new CommittedOffsets(folder);
    offsets.commit('a', [offset(1)]);
    write(offsets);
    offsets.commit('a', [offset(2)]);
    offsets.durable.rollBack();
    expect(offsets.find('a', 'topic', 0)).toMatchObject({ offset: 1 });
    offsets.stop();
  });

  it('take no more room for being committed again and again', () => {
    const offsets = new CommittedOffsets(folder);
    for (let value = 0; value < 60_000; value++) {
      offsets.commit('a', [offset(value)]);
      if (value % 100 === 0) write(offsets);
    }
    write(offsets);
    offsets.stop();
    expect(statSync(join(folder, 'groups', 'offsets.journal')).size).toBeLessThan(4_300_000);
    const again = new CommittedOffsets(folder);
    expect(again.find('a', 'topic', 0)).toMatchObject({ offset: 59_999 });
    again.stop();
  });
});
