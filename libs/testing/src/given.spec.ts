import { accept, assert, reject, type Decider, type DecisionModel } from '@murmuration/kernel';
import { given, stateAfter } from './given';

type LampCommand = { readonly type: 'SwitchOn' } | { readonly type: 'Smash' } | { readonly type: 'Repair' };
type LampEvent = { readonly type: 'SwitchedOn' } | { readonly type: 'Smashed' };
type LampRejection = { readonly type: 'LampIsBroken' };
type Lamp = 'off' | 'on' | 'broken';

const lamp: Decider<LampCommand, LampEvent, Lamp, LampRejection> = {
  initial: 'off',
  evolve: (state, event) => {
    assert(state !== 'broken', 'a broken lamp stays as it is');
    return event.type === 'SwitchedOn' ? 'on' : 'broken';
  },
  decide: (command, state) => {
    if (command.type === 'Repair') return accept({ type: 'SwitchedOn' });
    if (state === 'broken') return reject({ type: 'LampIsBroken' });
    if (command.type === 'Smash') return accept({ type: 'Smashed' });
    return state === 'on' ? accept() : accept({ type: 'SwitchedOn' });
  },
};

type MoveCommand = { readonly type: 'Move' | 'Peek' | 'Scatter'; readonly from: string; readonly to: string };
type MoveEvent = { readonly type: 'Gained' | 'Lost'; readonly box: string };
type MoveRejection = { readonly type: 'BoxIsEmpty'; readonly box: string };

/** Boxes with things in them; a box may name its twin, which is known only once the box was read. */
const boxes: DecisionModel<MoveCommand, MoveEvent, number, MoveRejection> = {
  streamsOf: ({ type, from, to }, known) => {
    if (type === 'Peek') return [from];
    return (known(from) ?? 0) > 0 ? [from, to] : [from];
  },
  streamOf: ({ box }) => box,
  initial: () => 0,
  evolve: (count, event) => count + (event.type === 'Gained' ? 1 : -1),
  decide: ({ type, from, to }, stateOf) => {
    if (type === 'Peek') return accept(...(stateOf(to) > 0 ? [{ type: 'Gained', box: from } as const] : []));
    if (type === 'Scatter') return accept({ type: 'Gained', box: 'elsewhere' });
    if (stateOf(from) === 0) return reject({ type: 'BoxIsEmpty', box: from });
    return accept({ type: 'Lost', box: from }, { type: 'Gained', box: to });
  },
};

describe('given a decider', () => {
  it('sees the facts that a command makes true', () =>
    given(lamp).when({ type: 'SwitchOn' }).then({ type: 'SwitchedOn' }));

  it('folds the history before it decides', () =>
    given(lamp, { type: 'Smashed' }).when({ type: 'SwitchOn' }).thenRejected({ type: 'LampIsBroken' }));

  it('tells nothing from something', () => {
    const switchedOnTwice = given(lamp, { type: 'SwitchedOn' }).when({ type: 'SwitchOn' });
    switchedOnTwice.thenNothing();
    expect(() => switchedOnTwice.then({ type: 'SwitchedOn' })).toThrow();
    expect(() => switchedOnTwice.thenRejected({ type: 'LampIsBroken' })).toThrow();
  });

  it('fails when evolve cannot take what decide says', () => {
    expect(() => given(lamp, { type: 'Smashed' }).when({ type: 'Repair' })).toThrow('a broken lamp stays as it is');
  });

  it('gives the state after a history', () => {
    expect(stateAfter(lamp)).toBe('off');
    expect(stateAfter(lamp, { type: 'SwitchedOn' }, { type: 'Smashed' })).toBe('broken');
  });
});

describe('given a decision model', () => {
  const move = { type: 'Move', from: 'left', to: 'right' } as const;

  it('routes the history to its streams and decides over several of them', () =>
    given(boxes, { type: 'Gained', box: 'left' })
      .when(move)
      .then({ type: 'Lost', box: 'left' }, { type: 'Gained', box: 'right' }));

  it('keeps the history of one stream from another', () =>
    given(boxes, { type: 'Gained', box: 'right' }).when(move).thenRejected({ type: 'BoxIsEmpty', box: 'left' }));

  it('fails when a decision looks at a stream that streamsOf does not name', () => {
    expect(() => given(boxes).when({ ...move, type: 'Peek' })).toThrow('streamsOf of Peek names right');
  });

  it('fails when a fact is stored in a stream that streamsOf does not name', () => {
    expect(() => given(boxes).when({ ...move, type: 'Scatter' })).toThrow('streamsOf of Scatter names elsewhere');
  });

  it('fails when streamsOf never stops naming new streams', () => {
    let asked = 0;
    const endless = { ...boxes, streamsOf: () => [`box-${asked++}`] };
    expect(() => given(endless).when(move)).toThrow('names nothing new after');
  });
});
