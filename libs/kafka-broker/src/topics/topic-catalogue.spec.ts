import fs, { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HotMemory } from '../log/hot-memory';
import { batchOf } from '../wire.fixture';
import { TopicCatalogue } from './topic-catalogue';

describe('the catalogue of topics', () => {
  let folder: string;
  let lines: string[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'murmuration-catalogue-'));
    lines = [];
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('leaves nothing behind of a topic that it could not create', async () => {
    const memory = new HotMemory(1_000_000);
    let isBroken = false;
    const options = {
      get memory() {
        if (isBroken) throw new Error('broken');
        return memory;
      },
      batchBytesMax: 100_000,
      segmentBytesMax: 1_000_000,
      log: (line: string) => lines.push(line),
    };
    const catalogue = new TopicCatalogue(folder, options);
    isBroken = true;
    for (let turn = 0; turn < 5; turn++) expect(() => catalogue.create('topic', 1)).toThrow('broken');
    isBroken = false;
    const [log] = catalogue.create('topic', 1).partitions;
    log!.append(batchOf({ values: ['kept'] }));
    log!.write();
    log!.committed();
    await catalogue.stop();
    const again = new TopicCatalogue(folder, options);
    expect(again.log('topic', 0)!.highWatermark).toBe(1);
    await again.stop();
  });

  it('has deleted a topic once its definition is gone, though its folder cannot be removed', async () => {
    const options = {
      memory: new HotMemory(1_000_000),
      batchBytesMax: 100_000,
      segmentBytesMax: 1_000_000,
      log: (line: string) => lines.push(line),
    };
    const catalogue = new TopicCatalogue(folder, options);
    const topic = catalogue.create('topic', 1);
    const removal = jest.spyOn(fs, 'rmSync').mockImplementation((path, rest) => {
      if (path === topic.directory) throw new Error('busy');
      fs.unlinkSync(path);
      expect(rest).toBeUndefined();
    });
    catalogue.delete(topic);
    removal.mockRestore();
    expect(lines).toEqual([expect.stringContaining('busy')]);
    expect(catalogue.get('topic')).toBeUndefined();
    await catalogue.stop();
    expect(new TopicCatalogue(folder, options).all()).toEqual([]);
    expect(fs.existsSync(topic.directory)).toBe(false);
  });
});
