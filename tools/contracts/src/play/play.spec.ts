import { standingOf, type Order } from '@murmuration/domain-orders';
import { play } from './play';
import { SCRIPTS } from './scripts';

describe('a play', () => {
  it.each(SCRIPTS.map((script) => [script.name, script] as const))('%s ends as its script says', (_, script) => {
    const played = play(script);
    const order = played.stateOf('orders', `order-${played.orderId}`) as Extract<Order, { readonly stage: 'placed' }>; // because the order was placed
    expect(standingOf(order)).toMatchObject(script.ends);
  });
});
