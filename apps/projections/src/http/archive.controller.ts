import { archiveCodec } from '@murmuration/domain-projections';
import { Controller, Get, Inject, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { AnswersWithin, Lists } from '@murmuration/platform';
import type { z } from 'zod';
import { CompareViews, ReadArchive } from '../views/view-queries';
import { shownAudit, shownCheck } from './answer.schemas';
import { auditQuery, type AuditQuery } from './view.schemas';

/** The check reads the whole archive. */
const CHECK_MAX_MS = 60 * 60 * 1_000;

@ApiTags('archive')
@Controller()
export class ArchiveController {
  constructor(@Inject(QueryBus) private readonly queries: QueryBus) {}

  @Get('audit')
  @Lists('Every event heard, in the order of hearing; hand `next` back as `after`', shownAudit)
  async audit(
    @Query({ schema: auditQuery }) { logPartition, after, limit }: AuditQuery,
  ): Promise<z.infer<typeof shownAudit>> {
    const stored = await this.queries.execute(new ReadArchive(logPartition, after, limit));
    return {
      events: stored.map((event) => ({
        position: event.position,
        heardAt: event.recordedAt,
        ...archiveCodec.decode(event).heard,
      })),
      next: stored.at(-1)?.position ?? after,
    };
  }

  @Get('views/check')
  @AnswersWithin(CHECK_MAX_MS)
  @Lists('Rebuilds the views from the archive, compares them with the live ones, and audits every order', shownCheck)
  check(): Promise<z.infer<typeof shownCheck>> {
    return this.queries.execute(new CompareViews());
  }
}
