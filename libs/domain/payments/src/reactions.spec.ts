import {
  EVENTS,
  orderSubmitted,
  reactionsByEvent,
  shipmentCancelled,
  shipmentDispatched,
  shipmentRefused,
  stockReserved,
  type Heard,
  type IntegrationEventName,
} from '@murmuration/contracts';
import { NOW } from './payment.fixture';
import { paymentsReactions } from './reactions';

const byEvent = reactionsByEvent(paymentsReactions);

const commandsOn = (name: IntegrationEventName) => {
  const data = EVENTS.find((contract) => contract.name === name)?.example;
  return byEvent.get(name)?.react({ name, data } as Heard, NOW);
};

const { orderId } = orderSubmitted.example;

describe('payments', () => {
  it('notes the total and the token of an order, and nothing else that is personal', () => {
    expect(commandsOn(orderSubmitted.name)).toEqual([
      { type: 'NoteOrder', orderId, amountMinor: 7870, currency: 'EUR', paymentToken: 'tok_ok', now: NOW },
    ]);
  });

  it.each([
    [stockReserved.name, 'NoteStockReserved'],
    [shipmentRefused.name, 'UndoPayment'],
    [shipmentCancelled.name, 'UndoPayment'],
    [shipmentDispatched.name, 'CapturePayment'],
  ] as const)('reacts to %s with %s', (name, type) => {
    expect(commandsOn(name)).toEqual([{ type, orderId, now: NOW }]);
  });

  it('takes only a reservation that comes after its undo as stale', () => {
    expect([...byEvent.values()].map(({ step, stale }) => [step, ...stale])).toEqual([
      ['note-order'],
      ['authorize-payment', 'PaymentClosed'],
      ['undo-payment'],
      ['undo-payment'],
      ['capture-payment'],
    ]);
  });
});
