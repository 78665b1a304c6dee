import { Payload } from '@nestjs/microservices';
import type { Heard } from '@murmuration/contracts';
import { inventoryReactions } from '@murmuration/domain-inventory';
import { Hears, Reacts, reactWith } from '@murmuration/platform';

const react = reactWith(inventoryReactions);

@Reacts()
export class InventoryReactions {
  @Hears('inventory', 'reserve-stock')
  reserveStock(@Payload() heard: Heard) {
    return react(heard);
  }

  @Hears('inventory', 'release-stock')
  releaseStock(@Payload() heard: Heard) {
    return react(heard);
  }

  @Hears('inventory', 'commit-stock')
  commitStock(@Payload() heard: Heard) {
    return react(heard);
  }
}
