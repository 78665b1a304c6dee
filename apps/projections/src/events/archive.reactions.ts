import type { Heard } from '@murmuration/contracts';
import { archiveReaction, HEARD_BY_PROJECTIONS } from '@murmuration/domain-projections';
import { Payload, EventPattern } from '@nestjs/microservices';
import { Reacts } from '@murmuration/platform';

/** Projections hear everything, and keep it. */
@Reacts()
export class ArchiveReactions {
  @EventPattern<readonly string[]>(HEARD_BY_PROJECTIONS)
  archive(@Payload() heard: Heard) {
    return archiveReaction(heard);
  }
}
