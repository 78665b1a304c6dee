import { contractOf, keyOf } from '@murmuration/contracts';
import { announce } from './announcements';
import {
  adjust,
  after,
  commit,
  expire,
  ORDER,
  receive,
  release,
  reserve,
  resolveByHand,
  retryCommit,
} from './inventory.fixture';

const everything = [
  ...after(receive('TEA', 5), adjust('TEA', -1), reserve({ TEA: 2 }), expire(), commit()),
  ...after(receive('TEA', 5), reserve({ TEA: 2 }), release(), commit()),
  ...after(reserve({ TEA: 2 }), release()),
  ...after(receive('TEA', 5), commit(), retryCommit([{ sku: 'TEA', quantity: 2 }])),
  ...after(commit(), resolveByHand),
];

describe('what inventory announces', () => {
  it.each(everything.map((event) => [event.type, event] as const))('%s keeps its contract', (_, event) => {
    const said = announce(event);
    expect(said).toBeDefined();
    expect(contractOf(said?.name ?? '')?.schema.safeParse(said?.data)).toMatchObject({
      success: true,
      data: said?.data,
    });
  });

  it('is keyed by the order for reservations and by the SKU for ledgers', () => {
    const keys = everything.map((event) => ['level' in event, keyOf(announce(event)!)]);
    expect(keys.every(([isStock, key]) => key === (isStock ? 'TEA' : ORDER))).toBe(true);
  });

  it('covers every event it may say', () => {
    expect(new Set(everything.map((event) => announce(event)?.name))).toEqual(
      new Set([
        'inventory.stock-level-changed.v1',
        'inventory.stock-reserved.v1',
        'inventory.stock-refused.v1',
        'inventory.stock-released.v1',
        'inventory.stock-committed.v1',
        'inventory.stock-hold-expired.v1',
        'inventory.stock-needs-attention.v1',
        'inventory.stock-attention-handled.v1',
      ]),
    );
  });

  it('comes from events that survive being stored as JSON', () => {
    expect(JSON.parse(JSON.stringify(everything))).toStrictEqual(everything);
  });
});
