import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { Lists, problem, Reads } from '@murmuration/platform';
import type { z } from 'zod';
import { FindTimeline, ListStuck } from '../views/view-queries';
import { orderShown, shownOrders, shownTimeline } from './answer.schemas';
import { orderId, stuckQuery, waitCursorOf, waitingSince, waitPlaceOf, type StuckQuery } from './view.schemas';

@ApiTags('sagas')
@Controller('sagas')
export class SagasController {
  constructor(@Inject(QueryBus) private readonly queries: QueryBus) {}

  @Get('stuck')
  @Lists('Orders that have waited for a service for long, the longest first, page by page', shownOrders)
  async stuck(
    @Query({ schema: stuckQuery }) { waitingMs, cursor, limit }: StuckQuery,
  ): Promise<z.infer<typeof shownOrders>> {
    const after = cursor === undefined ? {} : { after: waitPlaceOf(cursor) };
    const orders = await this.queries.execute(new ListStuck({ since: waitingSince(waitingMs), ...after, limit }));
    const last = orders.length === limit ? orders.at(-1) : undefined;
    return {
      orders: orders.map(orderShown),
      ...(last === undefined ? {} : { nextCursor: waitCursorOf(last) }),
    };
  }

  @Get(':orderId')
  @Reads('All that happened for an order in every service, and what it waits for', shownTimeline)
  async timeline(@Param('orderId', { schema: orderId }) id: string): Promise<z.infer<typeof shownTimeline>> {
    const timeline = await this.queries.execute(new FindTimeline(id));
    if (timeline === undefined) throw problem('not-found', `Nothing was heard of an order ${id}`);
    return timeline;
  }
}
