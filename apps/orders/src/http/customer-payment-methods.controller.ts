import { Body, Controller, Delete, Inject, Param, Post, Put } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { CustomerCommand } from '@murmuration/domain-customers';
import { Commands, FromRequest, ShownAs, type CommandContext } from '@murmuration/platform';
import type { z } from 'zod';
import { executeForCustomer } from './customer-command';
import { customerId, defaultPaymentMethod, newPaymentMethod, paymentMethodId, shownCustomer } from './customer.schemas';
import { customerView } from './customer.view';
import { given } from './given';

/** What a customer pays with: tokens of the payment provider, which are taken and never shown. */
@ApiTags('customers')
@Controller('customers/:customerId')
@ShownAs(customerView)
export class CustomerPaymentMethodsController {
  constructor(@Inject(CommandBus) private readonly commands: CommandBus) {}

  @Post('payment-methods')
  @Commands('Add a payment method; the first one is the default', 200, shownCustomer)
  add(
    @Param('customerId', { schema: customerId }) customerId: string,
    @Body({ schema: newPaymentMethod }) { paymentMethodId: wished, ...method }: z.infer<typeof newPaymentMethod>,
    @FromRequest() context: CommandContext,
  ) {
    const added = { paymentMethodId: wished ?? context.newId, ...given(method) };
    return this.execute({ type: 'AddPaymentMethod', customerId, ...added, now: context.now }, context);
  }

  @Delete('payment-methods/:paymentMethodId')
  @Commands(
    'Remove a payment method; where it was the default, the oldest that still holds takes its place',
    200,
    shownCustomer,
  )
  remove(
    @Param('customerId', { schema: customerId }) customerId: string,
    @Param('paymentMethodId', { schema: paymentMethodId }) paymentMethodId: string,
    @FromRequest() context: CommandContext,
  ) {
    return this.execute({ type: 'RemovePaymentMethod', customerId, paymentMethodId, now: context.now }, context);
  }

  @Put('default-payment-method')
  @Commands('Choose the default payment method', 200, shownCustomer)
  setDefault(
    @Param('customerId', { schema: customerId }) customerId: string,
    @Body({ schema: defaultPaymentMethod }) { paymentMethodId }: z.infer<typeof defaultPaymentMethod>,
    @FromRequest() context: CommandContext,
  ) {
    return this.execute({ type: 'SetDefaultPaymentMethod', customerId, paymentMethodId, now: context.now }, context);
  }

  private execute(command: CustomerCommand, context: CommandContext) {
    return executeForCustomer(this.commands, command, context);
  }
}
