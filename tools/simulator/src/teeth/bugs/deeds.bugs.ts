import type { Bug } from '../bug';

const PAYMENTS_AGENDA = 'libs/domain/payments/src/agenda.ts';
const INVENTORY_REACTIONS = 'libs/domain/inventory/src/reactions.ts';
const INVENTORY_SAYS = 'libs/domain/inventory/src/announcements.ts';
const RESERVATION = 'libs/domain/inventory/src/reservation.ts';
const SHIPMENT = 'libs/domain/shipping/src/shipment.ts';
const SHIPPING_SAYS = 'libs/domain/shipping/src/announcements.ts';
const STANDING = 'libs/domain/projections/src/order-standing.ts';
const DEADLINES = 'libs/effects/src/core/open-deadlines.ts';
const DECIDE = 'libs/messaging/src/core/decide-slice.ts';

const RESERVED_LINES = 'lines: lines.map(({ sku, quantity }) => ({ sku, quantity })),';

/** Mistakes after which every record still arrives once and in order, and the wrong thing is done. */
export const DEEDS_BUGS: readonly Bug[] = [
  {
    name: 'a cent is authorised',
    says: 'The provider is asked to authorise one cent, whatever the order costs.',
    edits: [
      {
        file: PAYMENTS_AGENDA,
        find: "{ type: 'authorize', orderId, amountMinor, currency, paymentToken }",
        replace: "{ type: 'authorize', orderId, amountMinor: amountMinor > 0 ? 1 : 0, currency, paymentToken }",
      },
    ],
  },
  {
    name: 'half is captured',
    says: 'The provider is asked to capture half of what was authorised.',
    edits: [
      {
        file: PAYMENTS_AGENDA,
        find: "{ type: 'capture', orderId, amountMinor, currency }",
        replace: "{ type: 'capture', orderId, amountMinor: Math.ceil(amountMinor / 2), currency }",
      },
    ],
  },
  {
    name: 'half of a return is given back',
    says: 'The provider is asked for half of what the customer gets back.',
    edits: [
      {
        file: PAYMENTS_AGENDA,
        find: "{ type: 'refund', orderId, refundId, amountMinor, currency }",
        replace:
          "{ type: 'refund', orderId, refundId, amountMinor: event.cause === 'return' ? Math.ceil(amountMinor / 2) : amountMinor, currency }",
      },
    ],
  },
  {
    name: 'return refund never called',
    says: 'Money for goods that came back is promised, and the provider is never asked for it.',
    edits: [
      {
        file: PAYMENTS_AGENDA,
        find: '        const { refundId, amountMinor, currency } = event;\n',
        replace:
          "        const { refundId, amountMinor, currency } = event;\n        if (event.cause === 'return') return [];\n",
      },
    ],
  },
  {
    name: 'only the first line reserved',
    says: 'Stock is reserved for the first line of an order and for no other.',
    edits: [
      {
        file: INVENTORY_REACTIONS,
        find: RESERVED_LINES,
        replace: 'lines: lines.slice(0, 1).map(({ sku, quantity }) => ({ sku, quantity })),',
      },
    ],
  },
  {
    name: 'one unit of each line reserved',
    says: 'Stock is reserved for one unit of each line.',
    edits: [
      {
        file: INVENTORY_REACTIONS,
        find: RESERVED_LINES,
        replace: 'lines: lines.map(({ sku }) => ({ sku, quantity: 1 })),',
      },
    ],
  },
  {
    name: 'reaction crashes',
    says: 'To hear of some voids is a TypeError, and parks their orders for ever.',
    edits: [
      {
        file: INVENTORY_REACTIONS,
        find: '[paymentVoided.name]: release,',
        replace:
          "[paymentVoided.name]: (voided, context) => { if (voided.amountMinor % 3 === 0) throw new TypeError('Cannot read properties of undefined'); return release(voided, context); },",
      },
    ],
  },
  {
    name: 'decider crashes',
    says: 'To commit the second line of an order is a TypeError, and parks the order for ever.',
    edits: [
      {
        file: RESERVATION,
        find: '...reservation.lines.map((line) => commitHold(orderId, line, ledgerOf(line.sku), now)),',
        replace:
          "...reservation.lines.map((line, nth) => { if (nth > 0) throw new TypeError('Cannot read properties of undefined'); return commitHold(orderId, line, ledgerOf(line.sku), now); }),",
      },
    ],
  },
  {
    name: 'correlation lost',
    says: 'Whatever follows from what was heard begins a story of its own.',
    edits: [
      {
        file: DECIDE,
        find: '...{ correlationId, causationId: id, actor',
        replace: '...{ correlationId: id, causationId: id, actor',
      },
    ],
  },
  {
    name: 'deadlines late',
    says: 'Every deadline is acted on ten minutes after its time.',
    edits: [
      {
        file: DEADLINES,
        find: 'const ripeAt = plusMs(dueAt, -pausedMs);',
        replace: 'const ripeAt = plusMs(dueAt, 600_000 - pausedMs);',
      },
    ],
  },
  {
    name: 'delivery not announced',
    says: 'Shipping keeps to itself that a parcel has arrived.',
    edits: [
      {
        file: SHIPPING_SAYS,
        find: 'return say(shipmentDelivered, { orderId, deliveredAt: event.deliveredAt });',
        replace: 'return undefined;',
      },
    ],
  },
  {
    name: 'dispatch after expiry',
    says: 'The carrier gets a parcel whose authorisation has run out, unless that happens at this very instant.',
    edits: [
      {
        file: SHIPMENT,
        find: 'if (authorizedUntil !== undefined && !isBefore(now, authorizedUntil))',
        replace: 'if (authorizedUntil !== undefined && now === authorizedUntil)',
      },
    ],
  },
  {
    name: 'late cancellation swallowed',
    says: 'Whoever asks to cancel after the parcel has left is never told that it was too late.',
    edits: [
      {
        file: SHIPMENT,
        find: 'return shipment.cancelRefused\n        ? accept()',
        replace: "return shipment.cancelRefused || now !== ''\n        ? accept()",
      },
    ],
  },
  {
    name: 'order view misses cancellations',
    says: 'The view of orders does not take a cancellation for an end.',
    edits: [
      {
        file: STANDING,
        find: "const ENDS = ['delivered', 'completed', 'cancelled', 'rejected'] as const;",
        replace: "const ENDS = ['delivered', 'completed', 'rejected'] as const;",
      },
    ],
  },
  {
    name: 'level announced wrong',
    says: 'What is held is announced as committed, and the other way round.',
    edits: [
      {
        file: INVENTORY_SAYS,
        find: 'say(stockLevelChanged, { sku, ...level,',
        replace: 'say(stockLevelChanged, { sku, ...level, held: level.committed, committed: level.held,',
      },
    ],
  },
];
