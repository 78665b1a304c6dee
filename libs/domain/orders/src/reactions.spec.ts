import { EVENTS, reactionsByEvent, type Heard, type IntegrationEventName } from '@murmuration/contracts';
import { factOf, later } from './order.fixture';
import { ordersReactions } from './reactions';

const reactions = reactionsByEvent(ordersReactions);

/** The event as its contract's example says it, with other data laid over it. */
const example = (name: IntegrationEventName, data: object = {}): Heard => {
  const contract = EVENTS.find((candidate) => candidate.name === name);
  return { name, data: { ...contract?.example, ...data } } as Heard;
};

const reactTo = (name: IntegrationEventName, data?: object) => reactions.get(name)?.react(example(name, data), later);

const ORDER = '0d9f3a52-6f0e-5c41-9a57-3f2f0f7e1c11';
const recorded = (fact: object) => [{ type: 'RecordFact', orderId: ORDER, fact, now: later }];

describe('orders reacts', () => {
  it.each([...reactions.keys()] as IntegrationEventName[])('to %s by recording it under its own name', (name) => {
    const [, fact] = /^[a-z]+\.([a-z-]+)\.v1$/.exec(name) ?? [];
    expect(reactTo(name)).toMatchObject(recorded({ fact }));
  });

  it('to a refusal of stock with the lines that were short', () => {
    expect(reactTo('inventory.stock-refused.v1')).toEqual(recorded(factOf('stock-refused')));
  });
  it('to a refusal of stock by naming an unknown SKU as the reason, if there is one', () => {
    const lines = [
      { sku: 'KETTLE-1L', requested: 2, available: 1, known: true },
      { sku: 'UNICORN', requested: 1, available: 0, known: false },
    ];
    expect(reactTo('inventory.stock-refused.v1', { lines })).toEqual(
      recorded({ fact: 'stock-refused', reason: 'unknown-sku', skus: ['KETTLE-1L', 'UNICORN'] }),
    );
  });
  it('to a declined payment with the word of the provider', () => {
    expect(reactTo('payments.payment-declined.v1')).toEqual(recorded(factOf('payment-declined')));
  });
  it('not to a refund of a return, which changes nothing about how the order ended', () => {
    expect(reactTo('payments.payment-refunded.v1', { cause: 'return' })).toEqual([]);
  });
  it('with nothing that could be refused as stale: whatever is refused is to be looked at', () => {
    expect(ordersReactions['follow-progress'].stale).toEqual([]);
  });
});
