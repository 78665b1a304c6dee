import { inventoryAgenda } from './agenda';
import { after, commit, expire, HELD_UNTIL, ORDER, receive, release, reserve } from './inventory.fixture';

const KEY = `stock-hold:${ORDER}`;
const held = [receive('TEA', 5), reserve({ TEA: 2 })];
const cleared = { type: 'deadline-cleared', key: KEY };

describe('the agenda of inventory', () => {
  it('sets an expiry for every hold', () => {
    expect(after(...held).flatMap(inventoryAgenda.changesOf)).toEqual([
      { type: 'deadline-set', key: KEY, dueAt: HELD_UNTIL },
    ]);
  });

  it.each([
    ['released', release()],
    ['committed', commit()],
    ['expired', expire()],
  ])('clears it when the hold is %s', (_, end) => {
    expect(
      after(...held, end)
        .flatMap(inventoryAgenda.changesOf)
        .at(-1),
    ).toEqual(cleared);
  });

  it('fires as a command that looks at the hold again', () => {
    expect(inventoryAgenda.fire({ key: KEY, dueAt: HELD_UNTIL }, HELD_UNTIL)).toEqual(expire());
  });
});
