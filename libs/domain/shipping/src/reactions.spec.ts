import {
  EVENTS,
  orderCancellationRequested,
  orderSubmitted,
  paymentAuthorized,
  reactionsByEvent,
  type Heard,
  type IntegrationEventName,
} from '@murmuration/contracts';
import { shippingReactions } from './reactions';
import { NOW } from './shipment.fixture';

const byEvent = reactionsByEvent(shippingReactions);

const commandsOn = (name: IntegrationEventName) => {
  const data = EVENTS.find((contract) => contract.name === name)?.example;
  return byEvent.get(name)?.react({ name, data } as Heard, NOW);
};

const { orderId, shipTo } = orderSubmitted.example;

describe('shipping', () => {
  it('notes where an order goes, and nothing else that is personal', () => {
    expect(commandsOn(orderSubmitted.name)).toEqual([{ type: 'NoteOrder', orderId, shipTo, now: NOW }]);
  });

  it('notes until when a payment is authorised, and that nothing expires once it is captured', () => {
    const { name, example } = paymentAuthorized;
    const noted = { type: 'NotePaymentAuthorized', orderId, now: NOW };
    expect(commandsOn(name)).toEqual([{ ...noted, authorizedUntil: example.expiresAt }]);
    const captured = { name, data: { ...example, captured: true } } as Heard; // because only the name and the data are looked at
    expect(byEvent.get(name)?.react(captured, NOW)).toEqual([noted]);
  });

  it('cancels on request', () => {
    expect(commandsOn(orderCancellationRequested.name)).toEqual([{ type: 'CancelShipment', orderId, now: NOW }]);
  });

  it('takes only an authorisation that comes after the cancellation as stale', () => {
    expect([...byEvent.values()].map(({ step, stale }) => [step, ...stale])).toEqual([
      ['note-order'],
      ['book-shipment', 'ShipmentClosed'],
      ['cancel-shipment'],
    ]);
  });
});
