import { Body, Controller, Delete, Get, Inject, Param, Patch, Post, Put, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { customerStream, type CustomerCommand, type MarketingChannel } from '@murmuration/domain-customers';
import {
  Commands,
  FromRequest,
  Reads,
  ReadState,
  ShownAs,
  streamMoment,
  type CommandContext,
  type StreamMoment,
} from '@murmuration/platform';
import type { z } from 'zod';
import { executeForCustomer } from './customer-command';
import {
  consent,
  customerId,
  deactivation,
  marketingChannel,
  newCustomer,
  newEmail,
  newPhone,
  preferenceChange,
  profileChange,
  reactivation,
  shownCustomer,
  suspension,
} from './customer.schemas';
import { customerView } from './customer.view';
import { given } from './given';

/** Who a customer is, and whether they may order. */
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
    @Body({ schema: newCustomer }) { customerId: wished, ...customer }: z.infer<typeof newCustomer>,
    @FromRequest() context: CommandContext,
  ) {
    const customerId = wished ?? context.newId;
    return this.execute({ type: 'RegisterCustomer', customerId, ...given(customer), now: context.now }, context);
  }

  @Get(':customerId')
  @Reads('A customer as they are, or as they were at a version or an instant', shownCustomer)
  find(@Param('customerId', { schema: customerId }) id: string, @Query({ schema: streamMoment }) moment: StreamMoment) {
    return this.queries.execute(new ReadState(customerStream(id), moment));
  }

  @Patch(':customerId')
  @Commands('Change the name or the company; a company of null is none', 200, shownCustomer)
  update(
    @Param('customerId', { schema: customerId }) customerId: string,
    @Body({ schema: profileChange }) change: z.infer<typeof profileChange>,
    @FromRequest() context: CommandContext,
  ) {
    return this.execute({ type: 'UpdateProfile', customerId, ...given(change), now: context.now }, context);
  }

  @Put(':customerId/email')
  @Commands('Change the e-mail address, which then is to be verified', 200, shownCustomer)
  changeEmail(
    @Param('customerId', { schema: customerId }) customerId: string,
    @Body({ schema: newEmail }) { email }: z.infer<typeof newEmail>,
    @FromRequest() context: CommandContext,
  ) {
    return this.execute({ type: 'ChangeEmail', customerId, email, now: context.now }, context);
  }

  @Put(':customerId/phone')
  @Commands('Set or change the phone number, which then is to be verified', 200, shownCustomer)
  changePhone(
    @Param('customerId', { schema: customerId }) customerId: string,
    @Body({ schema: newPhone }) { phone }: z.infer<typeof newPhone>,
    @FromRequest() context: CommandContext,
  ) {
    return this.execute({ type: 'ChangePhone', customerId, phone, now: context.now }, context);
  }

  @Delete(':customerId/phone')
  @Commands('Take the phone number away', 200, shownCustomer)
  removePhone(@Param('customerId', { schema: customerId }) customerId: string, @FromRequest() context: CommandContext) {
    return this.execute({ type: 'RemovePhone', customerId, now: context.now }, context);
  }

  @Patch(':customerId/preferences')
  @Commands('Choose a language or a currency', 200, shownCustomer)
  changePreferences(
    @Param('customerId', { schema: customerId }) customerId: string,
    @Body({ schema: preferenceChange }) change: z.infer<typeof preferenceChange>,
    @FromRequest() context: CommandContext,
  ) {
    return this.execute({ type: 'ChangePreferences', customerId, ...given(change), now: context.now }, context);
  }

  @Put(':customerId/consents/:channel')
  @Commands('Give or withdraw the consent to be sent marketing', 200, shownCustomer)
  setConsent(
    @Param('customerId', { schema: customerId }) customerId: string,
    @Param('channel', { schema: marketingChannel }) channel: MarketingChannel,
    @Body({ schema: consent }) { granted }: z.infer<typeof consent>,
    @FromRequest() context: CommandContext,
  ) {
    return this.execute({ type: 'SetMarketingConsent', customerId, channel, granted, now: context.now }, context);
  }

  @Post(':customerId/suspend')
  @Commands('Suspend a customer, who then cannot submit orders', 200, shownCustomer)
  suspend(
    @Param('customerId', { schema: customerId }) customerId: string,
    @Body({ schema: suspension }) { reason }: z.infer<typeof suspension>,
    @FromRequest() context: CommandContext,
  ) {
    return this.execute({ type: 'SuspendCustomer', customerId, reason, now: context.now }, context);
  }

  @Post(':customerId/reactivate')
  @Commands('End the suspension of a customer, or take back a deactivation within 30 days', 200, shownCustomer)
  reactivate(
    @Param('customerId', { schema: customerId }) customerId: string,
    @Body({ schema: reactivation.prefault({}) }) { by }: z.infer<typeof reactivation>,
    @FromRequest() context: CommandContext,
  ) {
    return this.execute({ type: 'ReactivateCustomer', customerId, by, now: context.now }, context);
  }

  @Post(':customerId/deactivate')
  @Commands('Deactivate a customer; what they have ordered is still fulfilled', 200, shownCustomer)
  deactivate(
    @Param('customerId', { schema: customerId }) customerId: string,
    @Body({ schema: deactivation.prefault({}) }) wish: z.infer<typeof deactivation>,
    @FromRequest() context: CommandContext,
  ) {
    return this.execute({ type: 'DeactivateCustomer', customerId, ...given(wish), now: context.now }, context);
  }

  private execute(command: CustomerCommand, context: CommandContext) {
    return executeForCustomer(this.commands, command, context);
  }
}
