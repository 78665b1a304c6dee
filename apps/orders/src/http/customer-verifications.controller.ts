import { Body, Controller, Inject, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { wrongCode, type ContactChannel, type Customer } from '@murmuration/domain-customers';
import { Answer, Commands, FromRequest, ShownAs, type CommandContext } from '@murmuration/platform';
import type { z } from 'zod';
import { VERIFICATION_CODES, type VerificationCodes } from '../codes/verification-codes';
import { executeForCustomer } from './customer-command';
import { contactChannel, customerId, givenCode, shownCustomer, verification } from './customer.schemas';
import { customerView } from './customer.view';

/** A wrong code is counted, so it is accepted by the rules, and yet is a refusal to the one who gave it. */
const refusedIfWrong = (answer: Answer, channel: ContactChannel): Answer => {
  if (answer.found.kind !== 'state') return answer;
  const refusal = wrongCode(answer.found.state as Customer, channel); // because the command was for a customer
  return refusal === undefined ? answer : Answer.rejected(refusal);
};

/** Proof that an e-mail address or phone number is the customer's. */
@ApiTags('customers')
@Controller('customers/:customerId/verifications')
@ShownAs(customerView)
export class CustomerVerificationsController {
  constructor(
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(VERIFICATION_CODES) private readonly codes: VerificationCodes,
  ) {}

  @Post()
  @Commands('Send the customer a code to prove an e-mail address or phone number with', 202, shownCustomer)
  request(
    @Param('customerId', { schema: customerId }) customerId: string,
    @Body({ schema: verification }) { channel }: z.infer<typeof verification>,
    @FromRequest() context: CommandContext,
  ) {
    const { newId: verificationId, now } = context;
    const code = this.codes.codeOf(verificationId);
    const codeHash = this.codes.hashOf({ customerId, channel, code });
    return executeForCustomer(
      this.commands,
      { type: 'RequestVerification', customerId, channel, verificationId, codeHash, now },
      context,
    );
  }

  @Post(':channel/confirm')
  @Commands('Give back the code that was sent', 200, shownCustomer)
  async confirm(
    @Param('customerId', { schema: customerId }) customerId: string,
    @Param('channel', { schema: contactChannel }) channel: ContactChannel,
    @Body({ schema: givenCode }) { code }: z.infer<typeof givenCode>,
    @FromRequest() context: CommandContext,
  ) {
    const codeHash = this.codes.hashOf({ customerId, channel, code });
    const answer = await executeForCustomer(
      this.commands,
      { type: 'ConfirmVerification', customerId, channel, codeHash, now: context.now },
      context,
    );
    return refusedIfWrong(answer, channel);
  }
}
