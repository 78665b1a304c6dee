import type { AppendRequest } from '../port';
import { derivedId } from '../event-id';
import { dependentGroups } from './decide-batch';

type Decided = { readonly name: string; readonly request: AppendRequest };

const decided = (name: string, reads: readonly string[], writes: readonly string[]): Decided => ({
  name,
  request: {
    checks: reads.map((streamId) => ({ streamId, expected: 0 })),
    events: writes.map((streamId) => ({
      ...{ streamId, eventId: derivedId(name, streamId), type: 'Written', schemaVersion: 1, data: '{}' },
      metadata: { correlationId: 'c', causationId: 'k', actor: 'test', hop: 0 },
    })),
  },
});
const groupsOf = (...batch: readonly Decided[]): readonly (readonly string[])[] =>
  dependentGroups(batch).map((group) => group.map(({ name }) => name));

describe('decisions of one batch that stand or fall together', () => {
  it('are one that wrote a stream and one that only read it and wrote another', () => {
    expect(groupsOf(decided('a', ['x'], ['x']), decided('b', ['x', 'y'], ['y']))).toEqual([['a', 'b']]);
  });

  it('are all that one was built on, though these were independent before', () => {
    expect(groupsOf(decided('a', ['x'], ['x']), decided('b', ['y'], ['y']), decided('c', ['x', 'y'], ['z']))).toEqual([
      ['a', 'b', 'c'],
    ]);
  });

  it('are those along a chain', () => {
    const chain = [decided('a', ['x'], ['x']), decided('b', ['x'], ['y']), decided('c', ['y'], ['z'])];
    expect(groupsOf(...chain)).toEqual([['a', 'b', 'c']]);
  });

  it('are not those that only read the same stream, nor one that was decided before it was written', () => {
    expect(groupsOf(decided('a', ['x'], ['y']), decided('b', ['x'], ['z']))).toEqual([['a'], ['b']]);
    expect(groupsOf(decided('a', ['x'], ['y']), decided('b', ['x'], ['x']))).toEqual([['a'], ['b']]);
  });
});
