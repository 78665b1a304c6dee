import { Payload } from '@nestjs/microservices';
import type { Heard } from '@murmuration/contracts';
import { shippingReactions } from '@murmuration/domain-shipping';
import { Hears, Reacts, reactWith } from '@murmuration/platform';

const react = reactWith(shippingReactions);

@Reacts()
export class ShippingReactions {
  @Hears('shipping', 'note-order')
  noteOrder(@Payload() heard: Heard) {
    return react(heard);
  }

  @Hears('shipping', 'book-shipment')
  bookShipment(@Payload() heard: Heard) {
    return react(heard);
  }

  @Hears('shipping', 'cancel-shipment')
  cancelShipment(@Payload() heard: Heard) {
    return react(heard);
  }
}
