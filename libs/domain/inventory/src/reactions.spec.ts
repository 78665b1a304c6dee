import {
  EVENTS,
  orderSubmitted,
  paymentDeclined,
  paymentRefunded,
  paymentVoided,
  reactionsByEvent,
  shipmentDispatched,
  type Heard,
  type IntegrationEventName,
} from '@murmuration/contracts';
import { NOW } from './inventory.fixture';
import { STOCK_HOLD_MS } from './inventory.messages';
import { inventoryReactions } from './reactions';

const byEvent = reactionsByEvent(inventoryReactions);

const commandsOn = (name: IntegrationEventName, change: object = {}) => {
  const example = EVENTS.find((contract) => contract.name === name)?.example;
  return byEvent.get(name)?.react({ name, data: { ...example, ...change } } as Heard, NOW);
};

const { orderId } = orderSubmitted.example;

describe('inventory', () => {
  it('reserves on an order, without what is personal or costs money', () => {
    expect(commandsOn(orderSubmitted.name)).toEqual([
      {
        type: 'ReserveStock',
        orderId,
        lines: [
          { sku: 'KETTLE-1L', quantity: 2 },
          { sku: 'TEA-ASSAM', quantity: 1 },
        ],
        holdMs: STOCK_HOLD_MS,
        now: NOW,
      },
    ]);
  });

  it.each([paymentDeclined.name, paymentVoided.name, paymentRefunded.name])('releases on %s', (name) => {
    expect(commandsOn(name)).toEqual([{ type: 'ReleaseStock', orderId, now: NOW }]);
  });

  it('does not release on the refund of a return', () => {
    expect(commandsOn(paymentRefunded.name, { cause: 'return' })).toEqual([]);
  });

  it('commits on a dispatch', () => {
    expect(commandsOn(shipmentDispatched.name)).toEqual([{ type: 'CommitStock', orderId, now: NOW }]);
  });

  it('takes only a reservation that comes too late as stale', () => {
    expect([...byEvent.values()].map(({ step, stale }) => [step, ...stale])).toEqual([
      ['reserve-stock', 'ReservationClosed'],
      ['release-stock'],
      ['release-stock'],
      ['release-stock'],
      ['commit-stock'],
    ]);
  });
});
