import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmdirSync, rmSync, statSync } from 'node:fs';
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

  it('are not forgotten when their journal cannot be read for a while, and nothing is lost behind it', () => {
    const offsets = new CommittedOffsets(folder);
    offsets.commit('a', [offset(1)]);
    write(offsets);
    const path = join(folder, 'groups', 'offsets.journal');
    renameSync(path, `${path}.away`);
    mkdirSync(path);
    offsets.commit('a', [offset(2)]);
    expect(() => offsets.durable.rollBack()).toThrow('EISDIR');
    expect(offsets.find('a', 'topic', 0)).toBeDefined();
    rmdirSync(path);
    renameSync(`${path}.away`, path);
    appendFileSync(path, 'torn');
    offsets.commit('a', [offset(3)]);
    expect(() => write(offsets)).toThrow();
    offsets.durable.rollBack();
    expect(offsets.find('a', 'topic', 0)).toMatchObject({ offset: 1 });
    offsets.commit('a', [offset(4)]);
    write(offsets);
    offsets.stop();
    const again = new CommittedOffsets(folder);
    expect(again.find('a', 'topic', 0)).toMatchObject({ offset: 4 });
    again.stop();
  });

  it('go with their topic, in every group and for good', () => {
    const offsets = new CommittedOffsets(folder);
    const other = { ...offset(7), topic: 'other' };
    offsets.commit('a', [offset(1), other]);
    offsets.commit('b', [offset(2)]);
    offsets.forgetTopic('topic');
    write(offsets);
    expect([offsets.all('a'), offsets.groupIds()]).toEqual([[other], ['a']]);
    offsets.stop();
    const again = new CommittedOffsets(folder);
    expect([again.all('a'), again.groupIds()]).toEqual([[other], ['a']]);
    again.stop();
    const without = new CommittedOffsets(folder, { isKnownTopic: () => false });
    expect(without.groupIds()).toEqual([]);
    without.stop();
    const last = new CommittedOffsets(folder);
    expect(last.groupIds()).toEqual([]);
    last.stop();
  });

  it('are taken though their journal cannot be replaced by a shorter one, until it can', () => {
    const lines: string[] = [];
    const offsets = new CommittedOffsets(folder, { log: (line) => lines.push(line) });
    const draft = join(folder, 'groups', 'offsets.journal.new');
    mkdirSync(draft);
    const commitMany = () => {
      for (let value = 0; value < 100_000; value++) {
        offsets.commit('a', [offset(value)]);
        if (value % 1000 === 0) write(offsets);
      }
      write(offsets);
    };
    commitMany();
    expect(lines).toEqual([expect.stringContaining('EISDIR')]);
    rmdirSync(draft);
    commitMany();
    offsets.stop();
    expect(statSync(join(folder, 'groups', 'offsets.journal')).size).toBeLessThan(9_000_000);
    const again = new CommittedOffsets(folder);
    expect(again.find('a', 'topic', 0)).toMatchObject({ offset: 99_999 });
    again.stop();
  });

  it('say what a start had to cut off', () => {
    const offsets = new CommittedOffsets(folder);
    offsets.commit('a', [offset(1)]);
    write(offsets);
    offsets.stop();
    appendFileSync(join(folder, 'groups', 'offsets.journal'), 'torn');
    const lines: string[] = [];
    new CommittedOffsets(folder, { log: (line) => lines.push(line) }).stop();
    expect(lines).toEqual([expect.stringContaining('4 bytes')]);
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
