import { Body, Controller, Get, Inject, Param, Post } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { customerStream, type CustomerCommand } from '@murmuration/domain-customers';
import { Commands, Execute, FromRequest, Reads, ReadState, ShownAs, type CommandContext } from '@murmuration/platform';
import {
  customerId,
  customerView,
  newCustomer,
  shownCustomer,
  suspension,
  type NewCustomer,
  type Suspension,
} from './customer.schemas';

@ApiTags('customers')
@Controller('customers')
@ShownAs(customerView)
export class CustomersController {
  constructor(
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(QueryBus) private readonly queries: QueryBus,
  ) {}

  @Post()
  @Commands('Register a customer, under an id of their own or a new one', 201, shownCustomer)
  register(
    @Body({ schema: newCustomer }) { customerId: given, name, email }: NewCustomer,
    @FromRequest() context: CommandContext,
  ) {
    const customerId = given ?? context.newId;
    return this.execute({ type: 'RegisterCustomer', customerId, name, email, now: context.now }, context);
  }

  @Get(':customerId')
  @Reads('A customer', shownCustomer)
  find(@Param('customerId', { schema: customerId }) id: string) {
    return this.queries.execute(new ReadState(customerStream(id)));
  }

  @Post(':customerId/suspend')
  @Commands('Suspend a customer, who then cannot submit orders', 200, shownCustomer)
  suspend(
    @Param('customerId', { schema: customerId }) customerId: string,
    @Body({ schema: suspension }) { reason }: Suspension,
    @FromRequest() context: CommandContext,
  ) {
    return this.execute({ type: 'SuspendCustomer', customerId, reason, now: context.now }, context);
  }

  @Post(':customerId/reactivate')
  @Commands('End the suspension of a customer', 200, shownCustomer)
  reactivate(@Param('customerId', { schema: customerId }) customerId: string, @FromRequest() context: CommandContext) {
    return this.execute({ type: 'ReactivateCustomer', customerId, now: context.now }, context);
  }

  private execute(command: CustomerCommand, context: CommandContext) {
    const { customerId } = command;
    const target = { streamId: customerStream(customerId), saga: customerId };
    return this.commands.execute(new Execute(command, target, context));
  }
}
