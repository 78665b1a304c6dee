import { Body, Controller, Inject, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { orderStream, type CheckOut } from '@murmuration/domain-orders';
import { Commands, CreatedUnder, Execute, FromRequest, ShownAs, type CommandContext } from '@murmuration/platform';
import type { z } from 'zod';
import { checkout, customerId } from './customer.schemas';
import { given } from './given';
import { orderView, shownOrder } from './order.schemas';
import { ORDER_DEADLINE } from './orders.controller';

/** Orders made with what a customer has: payment tokens stay where they are. */
@ApiTags('customers')
@Controller('customers/:customerId/orders')
@ShownAs(orderView)
export class CustomerOrdersController {
  constructor(
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(ORDER_DEADLINE) private readonly deadlineMs: number,
  ) {}

  @Post()
  @Commands(
    'Create an order with an address and a payment method of the customer, or their defaults, and submit it when asked to',
    201,
    shownOrder,
  )
  @CreatedUnder('/v1/orders')
  checkOut(
    @Param('customerId', { schema: customerId }) customerId: string,
    @Body({ schema: checkout }) wish: z.infer<typeof checkout>,
    @FromRequest() context: CommandContext,
  ) {
    const { newId: orderId, now } = context;
    const { deadlineMs } = this;
    const command: CheckOut = { type: 'CheckOut', orderId, customerId, ...given(wish), deadlineMs, now };
    return this.commands.execute(new Execute(command, { streamId: orderStream(orderId), saga: orderId }, context));
  }
}
