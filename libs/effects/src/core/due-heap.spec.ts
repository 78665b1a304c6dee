import { seededChance } from '@murmuration/testing';
import { DueHeap } from './due-heap';

describe('a heap of due things', () => {
  it('gives what is due, the earliest first, and keeps the rest', () => {
    const chance = seededChance('due-heap');
    const heap = new DueHeap<number>();
    for (let count = 0; count < 500; count++) {
      const dueMs = chance.integer(0, 1_000);
      heap.add(dueMs, dueMs);
    }
    const taken: number[] = [];
    for (let item = heap.take(600); item !== undefined; item = heap.take(600)) taken.push(item);
    expect(taken).toEqual([...taken].sort((left, right) => left - right));
    expect(taken.length + heap.size).toBe(500);
    expect(heap.earliestMs).toBeGreaterThan(600);
  });

  it('is empty at first', () => {
    expect(new DueHeap().take(1)).toBeUndefined();
    expect(new DueHeap().earliestMs).toBeUndefined();
  });
});
