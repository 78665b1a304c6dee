import { Body, Controller, Inject, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { CustomerCommand } from '@murmuration/domain-customers';
import { Commands, FromRequest, ShownAs, type CommandContext } from '@murmuration/platform';
import type { z } from 'zod';
import { executeForCustomer } from './customer-command';
import { adjustment, award, customerId, expiry, redemption, shownCustomer, tierUpgrade } from './customer.schemas';
import { customerView } from './customer.view';
import { given } from './given';

/** A customer's points and tier. Delivered orders earn points by themselves. */
@ApiTags('customers')
@Controller('customers/:customerId/loyalty')
@ShownAs(customerView)
export class CustomerLoyaltyController {
  constructor(@Inject(CommandBus) private readonly commands: CommandBus) {}

  @Post('award')
  @Commands('Award points, once for one reference', 200, shownCustomer)
  award(
    @Param('customerId', { schema: customerId }) customerId: string,
    @Body({ schema: award }) { reference, ...movement }: z.infer<typeof award>,
    @FromRequest() context: CommandContext,
  ) {
    const said = { ...given(movement), reference: reference ?? context.newId };
    return this.execute({ type: 'AwardLoyaltyPoints', customerId, ...said, now: context.now }, context);
  }

  @Post('redeem')
  @Commands('Spend points, never more than there are', 200, shownCustomer)
  redeem(
    @Param('customerId', { schema: customerId }) customerId: string,
    @Body({ schema: redemption }) { points, reference }: z.infer<typeof redemption>,
    @FromRequest() context: CommandContext,
  ) {
    const said = { points, reference: reference ?? context.newId };
    return this.execute({ type: 'RedeemLoyaltyPoints', customerId, ...said, now: context.now }, context);
  }

  @Post('expire')
  @Commands('Let points lapse, with the reason; the tier stays', 200, shownCustomer)
  expire(
    @Param('customerId', { schema: customerId }) customerId: string,
    @Body({ schema: expiry }) { points, reference, reason }: z.infer<typeof expiry>,
    @FromRequest() context: CommandContext,
  ) {
    const said = { points, reason, reference: reference ?? context.newId };
    return this.execute({ type: 'ExpireLoyaltyPoints', customerId, ...said, now: context.now }, context);
  }

  @Post('adjust')
  @Commands('Correct the points upwards or downwards, with the reason; the tier follows', 200, shownCustomer)
  adjust(
    @Param('customerId', { schema: customerId }) customerId: string,
    @Body({ schema: adjustment }) { points, reference, reason }: z.infer<typeof adjustment>,
    @FromRequest() context: CommandContext,
  ) {
    const said = { points, reason, reference: reference ?? context.newId };
    return this.execute({ type: 'AdjustLoyaltyPoints', customerId, ...said, now: context.now }, context);
  }

  @Post('upgrade')
  @Commands('Grant a higher tier than the points reach', 200, shownCustomer)
  upgrade(
    @Param('customerId', { schema: customerId }) customerId: string,
    @Body({ schema: tierUpgrade }) { tier, reason }: z.infer<typeof tierUpgrade>,
    @FromRequest() context: CommandContext,
  ) {
    return this.execute({ type: 'UpgradeTier', customerId, tier, reason, now: context.now }, context);
  }

  private execute(command: CustomerCommand, context: CommandContext) {
    return executeForCustomer(this.commands, command, context);
  }
}
