import * as inventory from './inventory.events';
import * as orders from './orders.events';
import * as payments from './payments.events';
import * as shipping from './shipping.events';
import type { Step } from './step';

const releasedOn = [payments.paymentDeclined.name, payments.paymentVoided.name, payments.paymentRefunded.name] as const;

export const inventorySteps = [
  {
    service: 'inventory',
    name: 'reserve-stock',
    key: 'orderId',
    hears: [orders.orderSubmitted.name],
    outcomes: { done: [inventory.stockReserved.name], refused: [inventory.stockRefused.name] },
    besides: [inventory.stockLevelChanged.name],
    kind: 'compensatable',
    undoneBy: 'release-stock',
    undoneOn: releasedOn,
    waits: [
      {
        for: 'the parcel to leave, or the payment to be undone',
        until: [shipping.shipmentDispatched.name, ...releasedOn],
        deadline: 'stock-hold',
      },
    ],
  },
  {
    service: 'inventory',
    name: 'release-stock',
    key: 'orderId',
    hears: releasedOn,
    outcomes: { done: [inventory.stockReleased.name] },
    besides: [inventory.stockLevelChanged.name],
    kind: 'compensation',
    guard: { state: 'the reservation', moves: ['held or unknown', 'released'] },
  },
  {
    service: 'inventory',
    name: 'commit-stock',
    key: 'orderId',
    hears: [shipping.shipmentDispatched.name],
    outcomes: { done: [inventory.stockCommitted.name], unknown: [inventory.stockNeedsAttention.name] },
    besides: [inventory.stockLevelChanged.name],
    kind: 'retriable',
  },
  {
    // An operator takes what left without a hold out of what is available, or has corrected the counts by hand.
    service: 'inventory',
    name: 'handle-attention',
    key: 'orderId',
    hears: [],
    outcomes: { done: [inventory.stockAttentionHandled.name] },
    besides: [inventory.stockCommitted.name, inventory.stockLevelChanged.name],
    kind: 'note',
  },
  {
    service: 'inventory',
    name: 'count-stock',
    key: 'sku',
    hears: [],
    outcomes: { done: [inventory.stockLevelChanged.name] },
    kind: 'note',
  },
] as const satisfies readonly Step[];
