import type { Bug } from '../bug';

const STOCK = 'libs/domain/inventory/src/stock.ts';
const DRAFT = 'libs/domain/orders/src/order.draft.ts';
const BATCH = 'libs/event-store/src/commands/decide-batch.ts';

/** Mistakes of what people do besides ordering. */
export const PEOPLE_BUGS: readonly Bug[] = [
  {
    name: 'adjustment counted twice',
    says: 'A correction of the stock changes its level by twice as much.',
    edits: [
      { file: STOCK, find: 'moved(ledger, { adjusted: delta })', replace: 'moved(ledger, { adjusted: 2 * delta })' },
    ],
  },
  {
    name: 'repeated request done again',
    says: 'The ids of what a request brings about depend on what was there before, so its repetition is not known.',
    edits: [
      {
        file: BATCH,
        find: 'eventId: eventIdOf(commandId, index)',
        replace:
          "eventId: eventIdOf(commandId, metadata.actor === 'client' ? index + 100 * read(streamId).version : index)",
      },
    ],
  },
  {
    name: 'draft submitted without its last line',
    says: 'A draft is submitted without the line that was added to it last.',
    edits: [
      {
        file: DRAFT,
        find: 'return submitted(command, order.basket, customerOf);',
        replace: 'return submitted(command, { ...order.basket, lines: order.basket.lines.slice(0, -1) }, customerOf);',
      },
    ],
  },
];
