import { Payload } from '@nestjs/microservices';
import type { Heard } from '@murmuration/contracts';
import { paymentsReactions } from '@murmuration/domain-payments';
import { Hears, Reacts, reactWith } from '@murmuration/platform';

const react = reactWith(paymentsReactions);

@Reacts()
export class PaymentsReactions {
  @Hears('payments', 'note-order')
  noteOrder(@Payload() heard: Heard) {
    return react(heard);
  }

  @Hears('payments', 'authorize-payment')
  authorizePayment(@Payload() heard: Heard) {
    return react(heard);
  }

  @Hears('payments', 'undo-payment')
  undoPayment(@Payload() heard: Heard) {
    return react(heard);
  }

  @Hears('payments', 'capture-payment')
  capturePayment(@Payload() heard: Heard) {
    return react(heard);
  }
}
