import type { OrdersEvent } from '@murmuration/domain-orders';
import { accept } from '@murmuration/kernel';
import { NOON } from './actor-state';
import {
  inventory,
  orders,
  payments,
  shipping,
  withInventory,
  withOrders,
  withPayments,
  withShipping,
  type PlantedBug,
} from './planted-flock.fixture';
import { inventoryRules, ordersRules, paymentsRules, REAL_FLOCK, ruleBook, shippingRules, type Flock } from './rules';

/** An order says its end with the fact after which it must still wait. */
const endingAt = (fact: string, end: (orderId: string) => OrdersEvent): Flock =>
  withOrders({
    decide: (command, stateOf) => {
      const decision = orders.decide(command, stateOf);
      const isTooEarly = command.type === 'RecordFact' && command.fact.fact === fact && decision.accepted?.length === 1;
      return isTooEarly ? accept(...(decision.accepted ?? []), end(command.orderId)) : decision;
    },
  });

/** Bugs that such systems have had, each planted in one service of the real flock, and how each must show. */
export const PLANTED_BUGS: readonly PlantedBug[] = [
  {
    bug: 'payments leaves no tombstone when it is told to undo what it never heard of',
    scenario: 'all goes well',
    flaw: /I[14]/,
    flock: withPayments({
      decide: (command, stateOf) => {
        const decision = payments.decide(command, stateOf);
        const isTombstone = decision.accepted?.some((event) => event.type === 'PaymentVoided' && !event.held);
        return isTombstone ? accept() : decision;
      },
    }),
  },
  {
    bug: 'inventory accepts a reservation that comes after its release',
    scenario: 'all goes well',
    flaw: /I[27]/,
    flock: withInventory({
      decide: (command, stateOf) =>
        inventory.decide(command, (streamId) => {
          const state = stateOf(streamId);
          const isForgotten =
            command.type === 'ReserveStock' && state.kind === 'reservation' && state.status === 'released';
          return isForgotten ? inventory.initial(streamId) : state;
        }),
      evolve: (state, event) =>
        event.type === 'StockReserved'
          ? inventory.evolve(inventory.initial(inventory.streamOf(event)), event)
          : inventory.evolve(state, event),
    }),
  },
  {
    bug: 'payments captures again when the dispatch is heard again',
    scenario: 'all goes well',
    flaw: /I1: captured/,
    flock: withPayments({
      decide: (command, stateOf) => {
        const payment = stateOf(
          payments.streamOf({ type: 'PaymentUndoNoted', orderId: command.orderId, notedAt: NOON }),
        );
        if (command.type !== 'CapturePayment' || payment.status !== 'captured')
          return payments.decide(command, stateOf);
        const { amountMinor, currency } = payment;
        return accept({ type: 'PaymentCaptured', orderId: command.orderId, amountMinor, currency, capturedAt: NOON });
      },
      evolve: (state, event) =>
        event.type === 'PaymentCaptured' && state.status === 'captured' ? state : payments.evolve(state, event),
    }),
  },
  {
    bug: 'orders says cancelled before the stock is released',
    scenario: 'all goes well',
    flaw: /I7: cancelled while its stock is held/,
    flock: endingAt('payment-voided', (orderId) => ({
      ...{ type: 'OrderCancelled', orderId, reason: 'customer-requested', cancelledAt: NOON },
    })),
  },
  {
    bug: 'orders says completed before the money is captured',
    scenario: 'all goes well',
    flaw: /I7: completed while/,
    flock: endingAt('shipment-dispatched', (orderId) => ({ type: 'OrderCompleted', orderId, completedAt: NOON })),
  },
  {
    bug: 'shipping hands over a parcel whose shipment was cancelled',
    scenario: 'all goes well',
    flaw: /I[37]|would park/,
    flock: withShipping({
      decide: (command, stateOf) => {
        const decision = shipping.decide(command, stateOf);
        const isKept = command.type === 'DispatchShipment' && decision.rejected?.type === 'ShipmentClosed';
        return isKept ? accept({ type: 'ShipmentDispatched', orderId: command.orderId, dispatchedAt: NOON }) : decision;
      },
      evolve: (state, event) =>
        event.type === 'ShipmentDispatched' && state.status === 'cancelled'
          ? shipping.evolve({ ...state, status: 'booked', carrierReference: 'CR' }, event)
          : shipping.evolve(state, event),
    }),
  },
  {
    bug: 'payments swallows the undo',
    scenario: 'the carrier refuses',
    flaw: /I[14]/,
    flock: withPayments({
      decide: (command, stateOf) => (command.type === 'UndoPayment' ? accept() : payments.decide(command, stateOf)),
    }),
  },
  {
    bug: 'payments takes an unknown outcome for a refusal',
    scenario: 'the partners fall silent, orders hears at once',
    flaw: /I1/,
    flock: withPayments({
      decide: (command, stateOf) => {
        const isSilence =
          command.type === 'ReportProviderOutcome' &&
          command.key.startsWith('authorize') &&
          command.outcome.outcome === 'gave-up';
        return payments.decide(
          isSilence ? { ...command, outcome: { outcome: 'refused', reason: 'timeout' } } : command,
          stateOf,
        );
      },
    }),
  },
  {
    bug: 'nobody sets a deadline',
    scenario: 'all goes well',
    flaw: /I4: everything is heard/,
    flock: {
      ...REAL_FLOCK,
      orders: ruleBook({ ...ordersRules, agenda: { ...ordersRules.agenda, changesOf: () => [] } }),
      inventory: ruleBook({ ...inventoryRules, agenda: { ...inventoryRules.agenda, changesOf: () => [] } }),
      payments: ruleBook({
        ...paymentsRules,
        agenda: {
          ...paymentsRules.agenda,
          changesOf: (event) => paymentsRules.agenda.changesOf(event).filter(({ type }) => type !== 'deadline-set'),
        },
      }),
    },
  },
  {
    bug: 'shipping books with a new reference at every try',
    scenario: 'all goes well',
    flaw: /I3/,
    flock: {
      ...REAL_FLOCK,
      shipping: ruleBook({
        ...shippingRules,
        partner: {
          ...shippingRules.partner,
          perform: (books, key, effect, now) => {
            const answers = Object.keys((books as { readonly answers: object }).answers).length; // because the books are the carrier's
            return shippingRules.partner.perform(books, `${key}:${answers}`, effect, now);
          },
        },
      }),
    },
  },
  {
    bug: 'inventory counts a hold that it never made',
    scenario: 'one of two lines is short',
    flaw: /I2|I7|crashes/,
    flock: withInventory({
      decide: (command, stateOf) => {
        const decision = inventory.decide(command, stateOf);
        const [refusal] = decision.accepted ?? [];
        if (command.type !== 'ReserveStock' || refusal?.type !== 'ReservationRefused') return decision;
        const [line] = command.lines;
        return line === undefined
          ? decision
          : inventory.decide({ ...command, lines: [line] }, stateOf).accepted
            ? accept(refusal, ...(inventory.decide({ ...command, lines: [line] }, stateOf).accepted ?? []).slice(0, 1))
            : decision;
      },
    }),
  },
];
