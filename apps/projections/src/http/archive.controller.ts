import { archiveCodec } from '@murmuration/domain-projections';
import { Controller, Get, Inject, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { Reads } from '@murmuration/platform';
import { CompareViews, ReadArchive } from '../views/view-queries';
import { auditQuery, type AuditQuery } from './view.schemas';

@ApiTags('archive')
@Controller()
export class ArchiveController {
  constructor(@Inject(QueryBus) private readonly queries: QueryBus) {}

  @Get('audit')
  @Reads('Every event heard, in the order of hearing; hand `next` back as `after`')
  async audit(@Query({ schema: auditQuery }) { logPartition, after, limit }: AuditQuery) {
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
  @Reads('Rebuilds the views from the archive, compares them with the live ones, and audits every order')
  check() {
    return this.queries.execute(new CompareViews());
  }
}
