import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ErrorCode } from '../protocol/error-code';
import { batchOf } from '../wire.fixture';
import { HotMemory } from './hot-memory';
import { PartitionLog } from './partition-log';
import { batchBytesOf, baseOffsetOf } from './record-batch';
import { Segment } from './segment';
import { seededChance } from '@murmuration/testing';

describe('the log of a partition', () => {
  let folder: string;
  let lines: string[];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'murmuration-log-'));
    lines = [];
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const openLog = (
    directory = folder,
    segmentBytesMax = 1_000_000,
    memory = new HotMemory(1_000_000),
  ): PartitionLog => {
    mkdirSync(directory, { recursive: true });
    return new PartitionLog(directory, {
      memory,
      batchBytesMax: 100_000,
      segmentBytesMax,
      log: (line) => lines.push(line),
    });
  };

  const commit = (log: PartitionLog): void => {
    log.write();
    log.committed();
  };

  const append = (log: PartitionLog, values: readonly string[], sequence = -1): number => {
    const numbered = sequence < 0 ? {} : { producerId: 1, producerEpoch: 0, baseSequence: sequence };
    const { errorCode, baseOffset } = log.append(batchOf({ values, ...numbered }));
    expect(errorCode).toBe(ErrorCode.none);
    return baseOffset;
  };

  /** Leaves a folder of several segments of 300 bytes, the second of which was cut off. */
  const damageSecondSegment = async (): Promise<void> => {
    const log = openLog(folder, 300);
    for (let index = 0; index < 12; index++) {
      append(log, ['a', 'b']);
      commit(log);
    }
    await log.sync();
    log.close();
    const second = readdirSync(folder).filter((name) => name.endsWith('.log'))[1]!;
    truncateSync(join(folder, second), 100);
  };

  /** The base offsets of all batches, read from the beginning. */
  const batches = async (log: PartitionLog): Promise<number[]> => {
    const found: number[] = [];
    for (let offset = log.startOffset; log.placeOf(offset) === 'readable';) {
      const bytes = Buffer.concat((await log.read(offset, 500, true)).parts);
      for (let at = 0; at < bytes.length; at += batchBytesOf(bytes, at)) {
        found.push(baseOffsetOf(bytes, at));
        offset = baseOffsetOf(bytes, at) + bytes.readInt32BE(at + 23) + 1;
      }
    }
    return found;
  };

  it('shows a record only when it is written', () => {
    const log = openLog();
    append(log, ['a']);
    expect(log.highWatermark).toBe(0);
    expect(log.placeOf(0)).toBe('end');
    commit(log);
    expect(log.highWatermark).toBe(1);
    expect(log.placeOf(0)).toBe('readable');
    log.close();
  });

  it('ends before a torn batch, wherever it is torn', async () => {
    const whole = join(folder, 'whole');
    const log = openLog(whole);
    append(log, ['first', 'second'], 0);
    append(log, ['third'], 2);
    commit(log);
    log.close();
    const [name] = readdirSync(whole);
    const bytes = readFileSync(join(whole, name!));
    const firstBytes = batchBytesOf(bytes);

    const torn = join(folder, 'torn');
    mkdirSync(torn);
    for (let length = 0; length <= bytes.length; length++) {
      copyFileSync(join(whole, name!), join(torn, name!));
      truncateSync(join(torn, name!), length);
      const recovered = openLog(torn);
      const expected = length < firstBytes ? 0 : length < bytes.length ? 2 : 3;
      expect(recovered.highWatermark).toBe(expected);
      expect(append(recovered, ['next'])).toBe(expected);
      commit(recovered);
      recovered.close();
      const reopened = openLog(torn);
      expect(reopened.highWatermark).toBe(expected + 1);
      reopened.close();
      rmSync(torn, { recursive: true });
      mkdirSync(torn);
    }
  });

  it('ends before a damaged batch, whichever byte is damaged', () => {
    const log = openLog();
    append(log, ['first']);
    append(log, ['second']);
    commit(log);
    log.close();
    const [name] = readdirSync(folder);
    const path = join(folder, name!);
    const bytes = readFileSync(path);
    const firstBytes = batchBytesOf(bytes);
    for (let at = firstBytes; at < bytes.length; at++) {
      // The leader epoch is not covered by the checksum, nor worth it.
      if (at >= firstBytes + 12 && at < firstBytes + 16) continue;
      const damaged = Buffer.from(bytes);
      damaged[at]! ^= 0x41;
      writeFileSync(path, damaged);
      const recovered = openLog();
      expect(recovered.highWatermark).toBe(1);
      recovered.close();
    }
    expect(lines.every((line) => line.includes('cut off'))).toBe(true);
  });

  it('remembers its producers from the log, over segments and checkpoints', async () => {
    const log = openLog(folder, 300);
    for (let sequence = 0; sequence < 20; sequence += 2) {
      append(log, ['a', 'b'], sequence);
      commit(log);
    }
    await log.sync();
    log.close();
    expect(readdirSync(folder).filter((name) => name.endsWith('.checkpoint')).length).toBeGreaterThan(2);
    const recovered = openLog(folder, 300);
    expect(append(recovered, ['a', 'b'], 18)).toBe(18);
    expect(
      recovered.append(batchOf({ values: ['x'], producerId: 1, producerEpoch: 0, baseSequence: 30 })).errorCode,
    ).toBe(ErrorCode.outOfOrderSequenceNumber);
    recovered.close();
  });

  it('puts segments aside that its damage has cut off', async () => {
    await damageSecondSegment();
    const recovered = openLog(folder, 300);
    expect(recovered.highWatermark).toBeLessThan(24);
    expect(readdirSync(folder).some((name) => name.endsWith('.unreachable'))).toBe(true);
    const from = recovered.highWatermark;
    expect(append(recovered, ['next'])).toBe(from);
    recovered.close();
  });

  it('keeps what is written behind its damage, whatever was noted of what was there before', async () => {
    await damageSecondSegment();
    const damaged = openLog(folder, 300);
    const expected = [...(await batches(damaged)), append(damaged, ['x'.repeat(130)])];
    commit(damaged);
    damaged.close();
    const recovered = openLog(folder, 300);
    expect(await batches(recovered)).toEqual(expected);
    expect(recovered.highWatermark).toBe(expected.at(-1)! + 1);
    recovered.close();
  });

  it('does not read again what a clean stop has noted', async () => {
    const log = openLog();
    append(log, ['a']);
    commit(log);
    await log.stop();
    const again = openLog();
    expect(await batches(again)).toEqual([0]);
    append(again, ['b']);
    commit(again);
    again.close();
    const third = openLog();
    expect(await batches(third)).toEqual([0, 1]);
    third.close();
  });

  it('reads the same from memory and from files, at every offset and with every limit', async () => {
    const chance = seededChance(9);
    const log = openLog(folder, 5_000, new HotMemory(32_768));
    const starts: number[] = [];
    for (let index = 0; index < 150; index++) {
      const values = Array.from({ length: chance.integer(1, 5) }, () => 'x'.repeat(chance.integer(0, 400)));
      starts.push(append(log, values));
      if (chance.happens(0.5)) commit(log);
    }
    commit(log);
    expect(await batches(log)).toEqual(starts);
    await log.stop();
    const cold = openLog(folder, 5_000);
    expect(await batches(cold)).toEqual(starts);
    for (let offset = 0; offset < cold.highWatermark; offset++) {
      const [first] = (await cold.read(offset, chance.integer(1, 3000), true)).parts;
      const base = baseOffsetOf(first!);
      expect(starts).toContain(base);
      expect(base).toBeLessThanOrEqual(offset);
      expect(starts.find((start) => start > base) ?? Infinity).toBeGreaterThan(offset);
    }
    cold.close();
  });

  it('reads every batch while others press it out of memory in the middle of a burst', async () => {
    const memory = new HotMemory(50_000);
    const log = openLog(join(folder, 'bursting'), 1_000_000, memory);
    const other = openLog(join(folder, 'other'), 1_000_000, memory);
    const starts = [append(log, ['first'])];
    commit(log);
    append(other, ['first']);
    commit(other);
    // Fills the first chunk and begins the second before anything is written.
    starts.push(append(log, ['x'.repeat(15_000)]), append(log, ['y'.repeat(10_000)]));
    commit(log);
    append(other, ['x'.repeat(20_000)]);
    commit(other);
    const firstOf = async (offset: number): Promise<number> =>
      baseOffsetOf(Buffer.concat((await log.read(offset, 1000, true)).parts));
    expect(await firstOf(2)).toBe(2);
    starts.push(append(log, ['last']));
    commit(log);
    expect(await firstOf(2)).toBe(2);
    expect(await firstOf(3)).toBe(3);
    expect(await batches(log)).toEqual(starts);
    log.close();
    other.close();
  });

  it.each([1, 2, 3])(
    'holds what was committed and nothing else through bursts, failed writes and crashes, with seed %i',
    async (seed) => {
      const chance = seededChance(seed);
      const memory = new HotMemory(seed * 400_000);
      const directories = ['a', 'b', 'c'].map((name) => join(folder, name));
      const logs = directories.map((directory) => openLog(directory, 30_000, memory));
      const committed = directories.map((): string[] => []);
      const pending = directories.map((): string[] => []);
      const expectIntact = async (at: number, from: number): Promise<void> => {
        const log = logs[at]!;
        expect(log.highWatermark).toBe(committed[at]!.length);
        for (let offset = from, turns = 0; turns < 3 && offset < committed[at]!.length; turns++) {
          const bytes = Buffer.concat((await log.read(offset, chance.integer(1, 20_000), true)).parts);
          for (let start = 0; start < bytes.length; start += batchBytesOf(bytes, start)) {
            expect(baseOffsetOf(bytes, start)).toBe(offset);
            expect(bytes.toString('latin1', start, start + batchBytesOf(bytes, start))).toContain(
              committed[at]![offset],
            );
            offset += 1;
          }
          expect(bytes.length).toBeGreaterThan(0);
        }
      };
      for (let step = 0; step < 1000; step++) {
        const at = chance.integer(0, 3);
        const log = logs[at]!;
        const what = chance.integer(0, 100);
        if (what < 60) {
          const value = `<${seed}-${step}>${'x'.repeat(chance.happens(0.1) ? chance.integer(0, 15_000) : 50)}`;
          expect(append(log, [value])).toBe(committed[at]!.length + pending[at]!.length);
          pending[at]!.push(value.slice(0, value.indexOf('>') + 1));
        } else if (what < 80) {
          commit(log);
          committed[at]!.push(...pending[at]!.splice(0));
        } else if (what < 84) {
          if (chance.happens(0.5)) {
            log.write();
            await log.sync();
          }
          log.rollBack();
          pending[at]!.length = 0;
        } else if (what < 87) {
          // A crash: what was written is there, acknowledged or not.
          log.write();
          await log.sync();
          log.close();
          committed[at]!.push(...pending[at]!.splice(0));
          logs[at] = openLog(directories[at], 30_000, memory);
        } else {
          await expectIntact(at, chance.integer(0, committed[at]!.length + 1));
        }
      }
      for (const [at, log] of logs.entries()) {
        await expectIntact(at, 0);
        await log.stop();
      }
    },
  );

  it('shows nothing that is not committed, in a segment that is full either', async () => {
    const log = openLog(folder, 200);
    append(log, ['a']);
    commit(log);
    append(log, ['b']);
    append(log, ['c'.repeat(150)]);
    log.write();
    const { parts } = await log.read(0, 100_000, true);
    expect(batchBytesOf(parts[0]!)).toBe(Buffer.concat(parts).length);
    log.committed();
    expect(await batches(log)).toEqual([0, 1, 2]);
    await log.stop();
  });

  it('gives nothing beyond its limit unless it must', async () => {
    const log = openLog();
    append(log, ['x'.repeat(1000)]);
    commit(log);
    expect((await log.read(0, 100, false)).bytes).toBe(0);
    expect((await log.read(0, 100, true)).bytes).toBeGreaterThan(1000);
    log.close();
  });

  it('forgets what could not be written, and its numbers', () => {
    const log = openLog();
    append(log, ['kept'], 0);
    commit(log);
    append(log, ['lost'], 1);
    log.rollBack();
    expect(log.highWatermark).toBe(1);
    expect(append(log, ['again'], 1)).toBe(1);
    commit(log);
    expect(log.highWatermark).toBe(2);
    log.close();
  });

  it('forgets what was written and could not be synced, over several segments', async () => {
    const log = openLog(folder, 200);
    append(log, ['kept'], 0);
    commit(log);
    for (const sequence of [1, 2, 3]) append(log, [`lost ${'x'.repeat(100)}`], sequence);
    log.write();
    await log.sync();
    log.rollBack();
    expect(log.highWatermark).toBe(1);
    for (const sequence of [1, 2, 3, 4]) expect(append(log, [`again ${'x'.repeat(80)}`], sequence)).toBe(sequence);
    commit(log);
    await log.stop();
    const recovered = openLog(folder, 200);
    expect(await batches(recovered)).toEqual([0, 1, 2, 3, 4]);
    expect(lines).toEqual([]);
    recovered.close();
  });

  it('is not synced when a segment that became full could not be', async () => {
    const log = openLog(folder, 200);
    append(log, ['x'.repeat(100)]);
    append(log, ['x'.repeat(100)]);
    const sync = jest.spyOn(Segment.prototype, 'sync').mockRejectedValueOnce(new Error('broken disk'));
    log.write();
    await expect(log.sync()).rejects.toThrow('broken disk');
    sync.mockRestore();
    log.rollBack();
    expect(log.highWatermark).toBe(0);
    await log.stop();
  });

  it('ends in order when its disk takes no checkpoint', async () => {
    const log = openLog();
    append(log, ['kept']);
    commit(log);
    mkdirSync(join(folder, '00000000000000000000.log.checkpoint.new'));
    await log.stop();
    expect(lines).toHaveLength(1);
    const again = openLog();
    expect(await batches(again)).toEqual([0]);
    again.close();
  });
});
