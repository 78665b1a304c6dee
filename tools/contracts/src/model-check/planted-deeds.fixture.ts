import { paymentVoided, type IntegrationEventName } from '@murmuration/contracts';
import { reservationStream, type InventoryCommand } from '@murmuration/domain-inventory';
import type { OrderFact } from '@murmuration/domain-orders';
import { paymentStream, type PaymentEffect } from '@murmuration/domain-payments';
import { shipmentStream } from '@murmuration/domain-shipping';
import { accept, plusMs, type AgendaChange, type Of } from '@murmuration/kernel';
import { NOON } from './actor-state';
import {
  inventory,
  orders,
  payments,
  shipping,
  withInventory,
  withOrders,
  withPayments,
  withRules,
  withShipping,
  type PlantedBug,
} from './planted-flock.fixture';
import { inventoryRules, ordersRules, paymentsRules, ruleBook, shippingRules, type Flock } from './rules';

const { reactions: heardByInventory } = inventoryRules;
const MUCH_LATER_MS = 7 * 24 * 60 * 60 * 1000;

type Lines = Of<InventoryCommand, 'ReserveStock'>['lines'];

/** Inventory wants other lines than were ordered. */
const reserving = (wanted: (lines: Lines) => Lines): Flock =>
  withInventory({
    decide: (command, stateOf) =>
      inventory.decide(
        command.type === 'ReserveStock' ? { ...command, lines: wanted(command.lines) } : command,
        stateOf,
      ),
  });

/** Payments asks its provider for something else than it has noted, or for nothing. */
const asking = (instead: (effect: PaymentEffect) => PaymentEffect | undefined): Flock =>
  withRules({
    payments: ruleBook({
      ...paymentsRules,
      agenda: {
        ...paymentsRules.agenda,
        changesOf: (event) =>
          paymentsRules.agenda.changesOf(event).flatMap<AgendaChange<PaymentEffect>>((change) => {
            if (change.type !== 'effect-opened') return [change];
            const effect = instead(change.effect);
            return effect === undefined ? [] : [{ ...change, effect }];
          }),
      },
    }),
  });

const isReturn = (effect: PaymentEffect): boolean => effect.type === 'refund' && effect.refundId !== 'undo';

/** Orders notes the fact and does nothing about it. */
const ignoring = (ignored: OrderFact['fact']): Flock =>
  withOrders({
    decide: (command, stateOf) => {
      const decision = orders.decide(command, stateOf);
      const isIgnored = command.type === 'RecordFact' && command.fact.fact === ignored;
      return isIgnored ? accept(...(decision.accepted ?? []).slice(0, 1)) : decision;
    },
  });

/** Shipping says nothing of what it does. */
const silentOn = (name: IntegrationEventName): Flock =>
  withRules({
    shipping: ruleBook({
      ...shippingRules,
      announce: (event) => {
        const said = shippingRules.announce(event);
        return said?.name === name ? undefined : said;
      },
    }),
  });

/** Bugs in what is done rather than in when: the services say the right words in the right order, and mean something else. */
export const PLANTED_DEEDS: readonly PlantedBug[] = [
  {
    bug: 'inventory throws on hearing that a payment was voided',
    scenario: 'all goes well',
    flaw: /crashes: TypeError/,
    flock: withRules({
      inventory: ruleBook({
        ...inventoryRules,
        reactions: {
          ...heardByInventory,
          'release-stock': {
            ...heardByInventory['release-stock'],
            on: {
              ...heardByInventory['release-stock'].on,
              [paymentVoided.name]: () => {
                throw new TypeError('not a function');
              },
            },
          },
        },
      }),
    }),
  },
  {
    bug: 'inventory throws on committing a second line',
    scenario: 'all goes well',
    flaw: /crashes: TypeError/,
    flock: withInventory({
      decide: (command, stateOf) => {
        const state = 'orderId' in command ? stateOf(reservationStream(command.orderId)) : undefined;
        const isSecond = state?.kind === 'reservation' && state.status === 'held' && state.lines.length > 1;
        if (command.type === 'CommitStock' && isSecond) throw new TypeError('not a function');
        return inventory.decide(command, stateOf);
      },
    }),
  },
  {
    bug: 'inventory reserves the first line alone',
    scenario: 'all goes well',
    flaw: /I2: 1 TEA held for an order of 2 MUG, 1 TEA/,
    flock: reserving((lines) => lines.slice(0, 1)),
  },
  {
    bug: 'inventory reserves one unit of each line',
    scenario: 'all goes well',
    flaw: /I2: 1 MUG, 1 TEA held for an order of 2 MUG, 1 TEA/,
    flock: reserving((lines) => lines.map(({ sku }) => ({ sku, quantity: 1 }))),
  },
  {
    bug: 'payments authorises one cent',
    scenario: 'all goes well',
    flaw: /I1: the provider has authorised 1 for/,
    flock: asking((effect) => (effect.type === 'authorize' ? { ...effect, amountMinor: 1 } : effect)),
  },
  {
    bug: 'payments captures half of what it authorised',
    scenario: 'all goes well',
    flaw: /I1: the provider has captured 750 of 1500/,
    flock: asking((effect) =>
      effect.type === 'capture' ? { ...effect, amountMinor: effect.amountMinor / 2 } : effect,
    ),
  },
  {
    bug: 'payments gives back half of a return',
    scenario: 'two returns that come to more than was paid, orders hears at once',
    flaw: /I1: (200|400) were given back, by the provider's books (100|200)$/,
    flock: asking((effect) =>
      effect.type === 'refund' && isReturn(effect) ? { ...effect, amountMinor: effect.amountMinor / 2 } : effect,
    ),
  },
  {
    bug: 'payments never asks the provider to give back a return',
    scenario: 'two returns that come to more than was paid, orders hears at once',
    flaw: /I4: payments waits for an answer/,
    flock: asking((effect) => (isReturn(effect) ? undefined : effect)),
  },
  {
    bug: 'shipping hands over a parcel whose authorisation has run out, but for the very instant',
    scenario: 'all goes well',
    flaw: /I1: the parcel leaves although/,
    flock: withShipping({
      decide: (command, stateOf) => {
        const shipment = stateOf(shipmentStream(command.orderId));
        const isInstant = 'authorizedUntil' in shipment && shipment.authorizedUntil === command.now;
        return shipping.decide(
          command.type === 'DispatchShipment' && !isInstant ? { ...command, now: NOON } : command,
          stateOf,
        );
      },
    }),
  },
  {
    bug: 'shipping does not call a person when the carrier stays silent about a booking that was cancelled',
    scenario: 'the partners fall silent, orders hears at once',
    flaw: /I4: shipping has heard what became of book:o-1, gave-up, and waits for it all the same/,
    flock: withShipping({
      decide: (command, stateOf) => {
        const isSilence = command.type === 'ReportCarrierOutcome' && command.outcome.outcome === 'gave-up';
        return isSilence && stateOf(shipmentStream(command.orderId)).status === 'cancelled'
          ? accept()
          : shipping.decide(command, stateOf);
      },
    }),
  },
  {
    bug: 'shipping swallows a cancellation that comes too late',
    scenario: 'two returns that come to more than was paid, orders hears at once',
    flaw: /I4: a cancellation came too late/,
    flock: withShipping({
      decide: (command, stateOf) => {
        const decision = shipping.decide(command, stateOf);
        return decision.accepted?.some(({ type }) => type === 'ShipmentCancelRefused') ? accept() : decision;
      },
    }),
  },
  {
    bug: 'shipping does not say that a parcel was delivered',
    scenario: 'two returns that come to more than was paid, orders hears at once',
    flaw: /I4: the parcel was delivered/,
    flock: silentOn('shipping.shipment-delivered.v1'),
  },
  {
    bug: 'orders enforces a deadline that another has taken the place of',
    scenario: 'all goes well',
    flaw: /I4: orders enforces a deadline/,
    flock: withOrders({
      decide: (command, stateOf) =>
        orders.decide(
          command.type === 'EnforceDeadline' ? { ...command, dueAt: plusMs(command.dueAt, MUCH_LATER_MS) } : command,
          stateOf,
        ),
    }),
  },
  {
    bug: 'orders forgets the deadline of a cancellation',
    scenario: 'all goes well',
    flaw: /I4: orders enforces a deadline/,
    flock: withOrders({
      evolve: (state, event) => {
        const after = orders.evolve(state, event);
        const isLost = event.type === 'OrderCancellationRequested' && 'deadlineAt' in state && 'deadlineAt' in after;
        return isLost ? { ...after, deadlineAt: state.deadlineAt } : after;
      },
    }),
  },
  {
    bug: 'orders ignores that an authorisation has run out',
    scenario: 'all goes well',
    flaw: /I4: the order heard payment-authorization-expired/,
    flock: ignoring('payment-authorization-expired'),
  },
  {
    bug: 'orders ignores that a hold has run out',
    scenario: 'all goes well',
    flaw: /I4: the order heard stock-hold-expired/,
    flock: ignoring('stock-hold-expired'),
  },
  {
    bug: 'payments does not count refunds that are under way',
    scenario: 'two returns that come to more than was paid, orders hears at once',
    flaw: /I1: the provider was asked for what cannot be: .*over_refund/,
    flock: withPayments({
      decide: (command, stateOf) =>
        payments.decide(command, (streamId) => {
          const payment = stateOf(streamId);
          if (command.type !== 'RequestRefund' || payment.status !== 'captured') return payment;
          const known = payment.refunds.filter(
            ({ answer, refundId }) => answer === 'done' || refundId === command.refundId,
          );
          return { ...payment, refunds: known };
        }),
    }),
  },
];

/** Payments would not get over the capture of what it has given back for an undo. */
export const NO_CAPTURE_AFTER_UNDO: Flock = withPayments({
  decide: (command, stateOf) => {
    const payment = stateOf(paymentStream(command.orderId));
    const isUndone = payment.status === 'captured' && payment.refunds.some(({ cause }) => cause === 'undo');
    if (command.type === 'CapturePayment' && isUndone) throw new TypeError('not a function');
    return payments.decide(command, stateOf);
  },
});

/** An operator asks orders to wait once more, and nothing ends that wait. */
export const NO_DEADLINE_AFTER_RETRY: Flock = withRules({
  orders: ruleBook({
    ...ordersRules,
    agenda: {
      ...ordersRules.agenda,
      changesOf: (event) => (event.type === 'OrderAttentionRetried' ? [] : ordersRules.agenda.changesOf(event)),
    },
  }),
});
