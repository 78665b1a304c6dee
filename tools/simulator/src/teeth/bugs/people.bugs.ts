import type { Bug } from '../bug';

const STOCK = 'libs/domain/inventory/src/stock.ts';
const CUSTOMER = 'libs/domain/customers/src/customer.ts';
const CONTACTS = 'libs/domain/customers/src/customer.contacts.ts';
const LOYALTY = 'libs/domain/orders/src/loyalty.ts';
const DRAFT = 'libs/domain/orders/src/order.draft.ts';
const PROCESSOR = 'libs/event-store/src/commands/command-processor.ts';
const FINISHING = 'libs/domain/orders/src/finishing.ts';
const BACKLOG = 'libs/messaging/src/core/backlog.ts';
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
  {
    name: 'suspended customer orders',
    says: 'Whoever is suspended may order all the same.',
    edits: [
      {
        file: CUSTOMER,
        find: "if (status === 'suspended') return { type: 'CustomerSuspended', customerId };",
        replace: '',
      },
    ],
  },
  {
    name: 'customer of a draft not looked at',
    says: 'A draft is submitted by what its customer was in the beginning, whatever has become of them.',
    edits: [
      {
        file: DRAFT,
        find: 'return submitted(command, order.basket, customerOf);',
        replace:
          "return submitted(command, order.basket, () => ({ kind: 'customer', status: 'unregistered' }) as Customer);",
      },
    ],
  },
  {
    name: 'points forgotten',
    says: 'Orders of less than 50 points earn none.',
    edits: [{ file: LOYALTY, find: 'points === 0', replace: 'points < 50' }],
  },
  {
    name: 'any code verifies',
    says: 'A contact is verified by whatever code is given.',
    edits: [
      { file: CONTACTS, find: 'return to.verification.codeHash === codeHash', replace: "return codeHash !== ''" },
    ],
  },
  {
    name: 'full backlog keeps orders from ending',
    says: 'While much waits to be sent, nobody may cancel either.',
    edits: [{ file: FINISHING, find: "'RequestCancellation', ", replace: '' }],
  },
  {
    name: 'backlog full for ever',
    says: 'Who has once taken nothing new on never does again.',
    edits: [{ file: BACKLOG, find: '(wasFull && sum > opensAt)', replace: 'wasFull' }],
  },
  {
    name: 'created and submitted at once',
    says: 'A command that names more streams because of another one of its batch fails.',
    edits: [
      {
        file: PROCESSOR,
        find: 'if (namesMore && pending.attempts < ATTEMPTS_MAX) queue.push(pending);',
        replace: 'if (namesMore && pending.attempts < 0) queue.push(pending);',
      },
    ],
  },
];
