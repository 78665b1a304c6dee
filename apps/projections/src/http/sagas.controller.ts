import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { problem, Reads } from '@murmuration/platform';
import { FindTimeline, ListStuck } from '../views/view-queries';
import { orderId, shownOrder, stuckQuery, waitingSince, type StuckQuery } from './view.schemas';

@ApiTags('sagas')
@Controller('sagas')
export class SagasController {
  constructor(@Inject(QueryBus) private readonly queries: QueryBus) {}

  @Get('stuck')
  @Reads('Orders that have waited for a service for long, the longest first')
  async stuck(@Query({ schema: stuckQuery }) { waitingMs, limit }: StuckQuery) {
    const rows = await this.queries.execute(new ListStuck(waitingSince(waitingMs), limit));
    return { orders: rows.map(shownOrder) };
  }

  @Get(':orderId')
  @Reads('All that happened for an order in every service, and what it waits for')
  async timeline(@Param('orderId', { schema: orderId }) id: string) {
    const timeline = await this.queries.execute(new FindTimeline(id));
    if (timeline === undefined) throw problem('not-found', `Nothing was heard of an order ${id}`);
    return timeline;
  }
}
