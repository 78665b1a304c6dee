import { Payload, EventPattern } from '@nestjs/microservices';
import { EVENTS, type Heard } from '@murmuration/contracts';
import type { ArchiveCommand } from '@murmuration/domain-projections';
import { Reacts } from '@murmuration/platform';

/** Projections hear everything, and keep it. */
export const HEARD_BY_PROJECTIONS: readonly string[] = EVENTS.map(({ name }) => name);

const STEP = 'archive';
const NEVER_STALE: ReadonlySet<string> = new Set();

@Reacts()
export class ArchiveReactions {
  @EventPattern<readonly string[]>(HEARD_BY_PROJECTIONS)
  archive(@Payload() heard: Heard) {
    const commands: readonly ArchiveCommand[] = [{ type: 'Archive', heard }];
    return { step: STEP, commands, stale: NEVER_STALE };
  }
}
