import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { Lists, problem, Reads } from '@murmuration/platform';
import type { z } from 'zod';
import { CountOrders, FindOrder, ListOrders } from '../views/view-queries';
import { orderShown, shownCounts, shownOrder, shownOrders } from './answer.schemas';
import { cursorOf, orderId, orderQuery, placeOf, type OrderQuery } from './view.schemas';

@ApiTags('orders')
@Controller()
export class OrdersController {
  constructor(@Inject(QueryBus) private readonly queries: QueryBus) {}

  @Get('orders')
  @Lists(
    'Orders by customer, status, text or ids, or all that need a person, whatever their status; the newest first, page by page',
    shownOrders,
  )
  async list(@Query({ schema: orderQuery }) query: OrderQuery): Promise<z.infer<typeof shownOrders>> {
    const { customerId, status, text, ids, needsAttention, cursor, limit } = query;
    const orders = await this.queries.execute(
      new ListOrders({
        ...(customerId === undefined ? {} : { customerId }),
        ...(status === undefined ? {} : { status }),
        ...(text === undefined ? {} : { text }),
        ...(ids === undefined ? {} : { ids }),
        ...(needsAttention === undefined ? {} : { needsAttention }),
        ...(cursor === undefined ? {} : { before: placeOf(cursor) }),
        limit,
      }),
    );
    const last = orders.length === limit ? orders.at(-1) : undefined;
    return {
      orders: orders.map(orderShown),
      ...(last === undefined ? {} : { nextCursor: cursorOf(last) }),
    };
  }

  @Get('orders/:orderId')
  @Reads('One order as the whole flock sees it', shownOrder)
  async find(@Param('orderId', { schema: orderId }) id: string): Promise<z.infer<typeof shownOrder>> {
    const row = await this.queries.execute(new FindOrder(id));
    if (row === undefined) throw problem('not-found', `There is no order ${id}`);
    return orderShown(row);
  }

  @Get('reports/orders')
  @Lists('How many orders there are in each status', shownCounts)
  async count(): Promise<z.infer<typeof shownCounts>> {
    return { counts: await this.queries.execute(new CountOrders()) };
  }
}
