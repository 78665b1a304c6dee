import type { Link, Watermark } from '../link';
import { type Classification, classify } from './classify';

const at = (position: number, eventId = `e${position}`): Watermark => ({ position, eventId });
const link = (position: number, previous?: Watermark, eventId = `e${position}`): Link => ({
  ...{ source: 'orders', logPartition: 0, position, eventId },
  ...(previous && { previous }),
});

describe('a record, to a reader that stands at a watermark,', () => {
  it.each<[string, Classification, Watermark | undefined, Link]>([
    ['is new when it is the first one and nothing was heard yet', 'new', undefined, link(4)],
    ['is new when its previous one is the watermark', 'new', at(5), link(7, at(5))],
    ['is a duplicate at the watermark', 'duplicate', at(7), link(7, at(5))],
    ['is a duplicate below the watermark, however long ago', 'duplicate', at(7000), link(7, at(5))],
    ['is a duplicate when it is the very first one again', 'duplicate', at(7), link(4)],
    ['shows a gap when its previous one has not come', 'gap', at(5), link(9, at(7))],
    ['shows a gap when the reader begins in the middle', 'gap', undefined, link(9, at(7))],
    ['shows a rewound source when another event stands at the watermark', 'rewound', at(7), link(7, at(5), 'other')],
    ['shows a rewound source when its previous one is not what stood there', 'rewound', at(7), link(9, at(7, 'other'))],
    ['shows a rewound source when its previous one is below the watermark', 'rewound', at(7), link(9, at(5))],
    ['shows a rewound source when it claims to be the first one above the watermark', 'rewound', at(7), link(9)],
  ])('%s', (_, expected, watermark, record) => {
    expect(classify(watermark, record)).toBe(expected);
  });
});
