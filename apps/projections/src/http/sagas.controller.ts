import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { Lists, problem, Reads } from '@murmuration/platform';
import type { z } from 'zod';
import { FindTimeline, ListStuck } from '../views/view-queries';
import { orderShown, shownStuck, shownTimeline } from './answer.schemas';
import { orderId, stuckQuery, waitingSince, type StuckQuery } from './view.schemas';

@ApiTags('sagas')
@Controller('sagas')
export class SagasController {
  constructor(@Inject(QueryBus) private readonly queries: QueryBus) {}

  @Get('stuck')
  @Lists('Orders that have waited for a service for long, the longest first', shownStuck)
  async stuck(@Query({ schema: stuckQuery }) { waitingMs, limit }: StuckQuery): Promise<z.infer<typeof shownStuck>> {
    const rows = await this.queries.execute(new ListStuck(waitingSince(waitingMs), limit));
    return { orders: rows.map(orderShown) };
  }

  @Get(':orderId')
  @Reads('All that happened for an order in every service, and what it waits for', shownTimeline)
  async timeline(@Param('orderId', { schema: orderId }) id: string): Promise<z.infer<typeof shownTimeline>> {
    const timeline = await this.queries.execute(new FindTimeline(id));
    if (timeline === undefined) throw problem('not-found', `Nothing was heard of an order ${id}`);
    return timeline;
  }
}
