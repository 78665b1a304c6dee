import { Body, Controller, Delete, Inject, Param, Post, Put } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { AddressPurpose, CustomerCommand } from '@murmuration/domain-customers';
import { Commands, FromRequest, ShownAs, type CommandContext } from '@murmuration/platform';
import type { z } from 'zod';
import { executeForCustomer } from './customer-command';
import {
  addressId,
  addressPurpose,
  changedAddress,
  customerId,
  defaultAddress,
  newAddress,
  shownCustomer,
} from './customer.schemas';
import { customerView } from './customer.view';

/** Where a customer's parcels and bills go. */
@ApiTags('customers')
@Controller('customers/:customerId')
@ShownAs(customerView)
export class CustomerAddressesController {
  constructor(@Inject(CommandBus) private readonly commands: CommandBus) {}

  @Post('addresses')
  @Commands('Add an address; the first one is the default for everything', 200, shownCustomer)
  add(
    @Param('customerId', { schema: customerId }) customerId: string,
    @Body({ schema: newAddress }) { addressId: wished, ...address }: z.infer<typeof newAddress>,
    @FromRequest() context: CommandContext,
  ) {
    const addressId = wished ?? context.newId;
    return this.execute({ type: 'AddAddress', customerId, addressId, ...address, now: context.now }, context);
  }

  @Put('addresses/:addressId')
  @Commands('Change an address or its label', 200, shownCustomer)
  change(
    @Param('customerId', { schema: customerId }) customerId: string,
    @Param('addressId', { schema: addressId }) addressId: string,
    @Body({ schema: changedAddress }) address: z.infer<typeof changedAddress>,
    @FromRequest() context: CommandContext,
  ) {
    return this.execute({ type: 'ChangeAddress', customerId, addressId, ...address, now: context.now }, context);
  }

  @Delete('addresses/:addressId')
  @Commands('Remove an address; where it was the default, the oldest one left takes its place', 200, shownCustomer)
  remove(
    @Param('customerId', { schema: customerId }) customerId: string,
    @Param('addressId', { schema: addressId }) addressId: string,
    @FromRequest() context: CommandContext,
  ) {
    return this.execute({ type: 'RemoveAddress', customerId, addressId, now: context.now }, context);
  }

  @Put('default-addresses/:purpose')
  @Commands('Choose the default address for shipping or billing', 200, shownCustomer)
  setDefault(
    @Param('customerId', { schema: customerId }) customerId: string,
    @Param('purpose', { schema: addressPurpose }) purpose: AddressPurpose,
    @Body({ schema: defaultAddress }) { addressId }: z.infer<typeof defaultAddress>,
    @FromRequest() context: CommandContext,
  ) {
    return this.execute({ type: 'SetDefaultAddress', customerId, addressId, purpose, now: context.now }, context);
  }

  private execute(command: CustomerCommand, context: CommandContext) {
    return executeForCustomer(this.commands, command, context);
  }
}
