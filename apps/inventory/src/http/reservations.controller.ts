import { Body, Controller, Get, Inject, Param, Post } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { reservationStream, type InventoryCommand } from '@murmuration/domain-inventory';
import { Commands, Execute, FromRequest, Reads, ReadState, ShownAs, type CommandContext } from '@murmuration/platform';
import {
  commitRetry,
  operatorWord,
  orderId,
  reservationView,
  shownReservation,
  type CommitRetry,
  type OperatorWord,
} from './stock.schemas';

@ApiTags('reservations')
@Controller('reservations')
@ShownAs(reservationView)
export class ReservationsController {
  constructor(
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(QueryBus) private readonly queries: QueryBus,
  ) {}

  @Get(':orderId')
  @Reads('What is held for an order', shownReservation)
  find(@Param('orderId', { schema: orderId }) id: string) {
    return this.queries.execute(new ReadState(reservationStream(id)));
  }

  @Post(':orderId/attention/retry')
  @Commands('Take what left without a hold out of what is available', 200, shownReservation)
  retry(
    @Param('orderId', { schema: orderId }) orderId: string,
    @Body({ schema: commitRetry }) word: CommitRetry,
    @FromRequest() context: CommandContext,
  ) {
    return this.execute(orderId, { type: 'RetryCommit', orderId, ...word, now: context.now }, context);
  }

  @Post(':orderId/attention/resolve')
  @Commands('Say that the counts were corrected by hand', 200, shownReservation)
  resolve(
    @Param('orderId', { schema: orderId }) orderId: string,
    @Body({ schema: operatorWord }) word: OperatorWord,
    @FromRequest() context: CommandContext,
  ) {
    return this.execute(orderId, { type: 'ResolveReservation', orderId, ...word, now: context.now }, context);
  }

  private execute(orderId: string, command: InventoryCommand, context: CommandContext) {
    const target = { streamId: reservationStream(orderId), saga: orderId };
    return this.commands.execute(new Execute(command, target, context));
  }
}
