import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { IndexSnapshot } from './offset-index';
import type { ProducerSnapshot } from './producer-states';
import type { Segment } from './segment';

const FORMAT = 1;

/** What is known of the first `sizeBytes` of a segment, so that a start need not read them again. */
export type Checkpoint = {
  readonly format: typeof FORMAT;
  readonly sizeBytes: number;
  readonly nextOffset: number;
  readonly index: IndexSnapshot;
  readonly producers: ProducerSnapshot;
};

const pathOf = (segment: Segment): string => `${segment.path}.checkpoint`;

export const checkpointOf = (segment: Segment, nextOffset: number, producers: ProducerSnapshot): Checkpoint => ({
  format: FORMAT,
  sizeBytes: segment.sizeBytes,
  nextOffset,
  index: segment.index.snapshot(),
  producers,
});

export const writeCheckpoint = (segment: Segment, checkpoint: Checkpoint): void => {
  const path = pathOf(segment);
  writeFileSync(`${path}.new`, JSON.stringify(checkpoint));
  renameSync(`${path}.new`, path);
};

/** A checkpoint that says more than its segment holds must go: the file may grow to that size by other batches. */
export const dropCheckpoint = (segment: Segment): void => rmSync(pathOf(segment), { force: true });

/**
 * The checkpoint of a segment, or undefined when there is none that can be used: then the segment itself is read, and what
 * cannot be used is removed.
 */
export const readCheckpoint = (segment: Segment, fileBytes: number): Checkpoint | undefined => {
  let text: string;
  try {
    text = readFileSync(pathOf(segment), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const checkpoint = parse(text);
  if (checkpoint?.format === FORMAT && checkpoint.sizeBytes <= fileBytes) return checkpoint;
  dropCheckpoint(segment);
  return undefined;
};

const parse = (text: string): Checkpoint | undefined => {
  try {
    return JSON.parse(text) as Checkpoint;
  } catch {
    // Torn by a crash or a full disk; the segment holds all of it.
    return undefined;
  }
};
