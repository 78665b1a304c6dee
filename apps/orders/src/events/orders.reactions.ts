import { Payload } from '@nestjs/microservices';
import type { Heard } from '@murmuration/contracts';
import { ordersReactions } from '@murmuration/domain-orders';
import { Hears, Reacts, reactWith } from '@murmuration/platform';

const react = reactWith(ordersReactions);

@Reacts()
export class OrdersReactions {
  @Hears('orders', 'follow-progress')
  followProgress(@Payload() heard: Heard) {
    return react(heard);
  }
}
