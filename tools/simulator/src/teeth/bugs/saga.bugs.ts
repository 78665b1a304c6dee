import type { Bug } from '../bug';

const PAYMENT = 'libs/domain/payments/src/payment.ts';
const PAYMENT_STATE = 'libs/domain/payments/src/payment.state.ts';
const OUTCOME = 'libs/domain/payments/src/provider-outcome.ts';
const RESERVATION = 'libs/domain/inventory/src/reservation.ts';
const STOCK = 'libs/domain/inventory/src/stock.ts';
const INVENTORY_REACTIONS = 'libs/domain/inventory/src/reactions.ts';
const SHIPMENT = 'libs/domain/shipping/src/shipment.ts';
const SHIPMENT_STATE = 'libs/domain/shipping/src/shipment.state.ts';
const FACTS = 'libs/domain/orders/src/order.facts.ts';
const SAGA = 'libs/domain/orders/src/order.saga.ts';

/** Mistakes of who decides. */
export const SAGA_BUGS: readonly Bug[] = [
  {
    name: 'undo registered after success',
    says: 'A shipment that is cancelled while it is being booked has nothing to clear away.',
    edits: [
      {
        file: SHIPMENT_STATE,
        find: "if (shipment.status !== 'booking') return { leftover: 'nothing' };",
        replace: "if (shipment.status !== undefined) return { leftover: 'nothing' };",
      },
    ],
  },
  {
    name: 'undo swallowed',
    says: 'An undo that comes while the provider is being asked is taken for nothing.',
    edits: [
      {
        file: PAYMENT,
        find: "return payment.undo ? accept() : accept({ type: 'PaymentUndoNoted', orderId, notedAt: now });",
        replace: 'return accept();',
      },
    ],
  },
  {
    name: 'undo on timeout',
    says: 'An order whose time is up is called off at once, without asking anybody.',
    edits: [
      {
        file: SAGA,
        find: "if (mayStillCancel(order)) return accept(cancellation(orderId, 'deadline-exceeded', order, now));",
        replace:
          "if (mayStillCancel(order)) return accept({ type: 'OrderCancelled', orderId, reason: 'deadline-exceeded', cancelledAt: now });",
      },
    ],
  },
  {
    name: 'expiry undoes by itself',
    says: 'A payment whose authorisation has expired is voided without being asked.',
    edits: [
      {
        file: PAYMENT,
        find: "return accept({ type: 'PaymentAuthorizationExpired', orderId, amountMinor, expiredAt: now });",
        replace: "return accept({ type: 'VoidRequested', orderId, amountMinor, requestedAt: now });",
      },
    ],
  },
  {
    name: 'cancelled before undo confirmed',
    says: 'An order is called cancelled as soon as its shipment is.',
    edits: [
      {
        file: FACTS,
        find: "return knows(facts, 'stock-released') ? cancelledBy(facts, requested) : undefined;",
        replace:
          "if (knows(facts, 'shipment-cancelled')) return { status: 'cancelled', reason: requested ?? 'operator-requested' };\n  return knows(facts, 'stock-released') ? cancelledBy(facts, requested) : undefined;",
      },
    ],
  },
  {
    name: 'tombstone missing',
    says: 'A release that comes before its reservation leaves nothing behind.',
    edits: [
      {
        file: RESERVATION,
        find: "    case 'absent':\n    case 'refused':\n      return accept({ type: 'ReservationReleased'",
        replace:
          "    case 'absent':\n      return accept();\n    case 'refused':\n      return accept({ type: 'ReservationReleased'",
      },
    ],
  },
  {
    name: 'late reserve accepted',
    says: 'Stock is reserved for an order whose reservation was given up before it came.',
    edits: [
      {
        file: RESERVATION,
        find: "if (isOver(reservation)) return reject({ type: 'ReservationClosed', orderId });\n  if (reservation.status !== 'absent') return accept();",
        replace: "if (reservation.status !== 'absent' && reservation.status !== 'released') return accept();",
      },
      { file: RESERVATION, find: "assert(reservation.status === 'absent', 'stock is reserved once');", replace: '' },
      {
        file: RESERVATION,
        find: "assert(reservation.status === 'absent', 'stock is refused instead of being reserved');",
        replace: '',
      },
    ],
  },
  {
    name: 'double capture on webhook',
    says: 'A capture that both the call and the webhook tell of counts twice.',
    edits: [
      {
        file: OUTCOME,
        find: "if (payment.status === 'captured') return accept();\n  if (payment.status !== 'capturing'",
        replace:
          "if (payment.status === 'captured') return accept({ type: 'PaymentCaptured', orderId, amountMinor: payment.amountMinor, currency: payment.currency, capturedAt: now });\n  if (payment.status !== 'capturing'",
      },
      {
        file: PAYMENT_STATE,
        find: "assert(payment.status === 'authorized' || payment.status === 'capturing', 'captured as authorised or requested');",
        replace: "if (payment.status === 'captured') return payment;",
      },
    ],
  },
  {
    name: 'return releases stock',
    says: 'Money given back for goods that are gone sets their stock free.',
    edits: [
      {
        file: INVENTORY_REACTIONS,
        find: "(refund.cause === 'undo' ? release(refund, context) : [])",
        replace: 'release(refund, context)',
      },
    ],
  },
  {
    name: 'part of an order reserved',
    says: 'The lines that are in stock are held even if another one is short.',
    edits: [
      {
        file: RESERVATION,
        find: 'if (short.length > 0) return accept({',
        replace:
          "if (short.length > 0 && short.length < wanted.length) return accept<InventoryEvent>(...wanted.filter((line) => !short.some(({ sku }) => sku === line.sku)).map((line) => hold(orderId, line, ledgerOf(line.sku), now)), { type: 'ReservationRefused', orderId, lines: short, refusedAt: now });\n  if (short.length > 0) return accept({",
      },
    ],
  },
  {
    name: 'last unit sold twice',
    says: 'A line may be held although one unit of it is missing.',
    edits: [{ file: STOCK, find: 'quantity <= ledger.available', replace: 'quantity <= ledger.available + 1' }],
  },
  {
    name: 'dispatch after cancellation',
    says: 'The carrier gets a parcel whose shipment was cancelled.',
    edits: [
      {
        file: SHIPMENT,
        find: "    case 'cancelled':\n    case 'refused':\n      return reject({ type: 'ShipmentClosed', orderId, status: shipment.status });\n    case 'booked':",
        replace:
          "    case 'cancelled':\n      return accept({ type: 'ShipmentDispatched', orderId, dispatchedAt: now });\n    case 'refused':\n      return reject({ type: 'ShipmentClosed', orderId, status: shipment.status });\n    case 'booked':",
      },
      {
        file: SHIPMENT_STATE,
        find: "assert(shipment.status === 'booked', 'only what is booked is dispatched');\n      const { carrierReference } = shipment;",
        replace: "const carrierReference = 'carrierReference' in shipment ? shipment.carrierReference : 'CR';",
      },
    ],
  },
  {
    name: 'completed without capture',
    says: 'An order is completed once its parcel has left and its stock is committed.',
    edits: [
      {
        file: FACTS,
        find: "if (!knows(facts, 'payment-captured') || !knows(facts, 'stock-committed')) return undefined;",
        replace: "if (!knows(facts, 'stock-committed')) return undefined;",
      },
    ],
  },
];
