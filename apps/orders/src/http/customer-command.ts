import type { CommandBus } from '@nestjs/cqrs';
import { customerStream, type CustomerCommand } from '@murmuration/domain-customers';
import { Execute, type Answer, type CommandContext } from '@murmuration/platform';

/** Sends a command to the customer that it is about. */
export const executeForCustomer = (
  commands: CommandBus,
  command: CustomerCommand,
  context: CommandContext,
): Promise<Answer> => {
  const { customerId } = command;
  const target = { streamId: customerStream(customerId), saga: customerId };
  return commands.execute(new Execute(command, target, context));
};
