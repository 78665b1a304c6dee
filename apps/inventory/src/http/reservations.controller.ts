import { Controller, Get, Inject, Param } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { reservationStream } from '@murmuration/domain-inventory';
import { Reads, ReadState, ShownAs } from '@murmuration/platform';
import { orderId, reservationView, shownReservation } from './stock.schemas';

@ApiTags('reservations')
@Controller('reservations')
@ShownAs(reservationView)
export class ReservationsController {
  constructor(@Inject(QueryBus) private readonly queries: QueryBus) {}

  @Get(':orderId')
  @Reads('What is held for an order', shownReservation)
  find(@Param('orderId', { schema: orderId }) id: string) {
    return this.queries.execute(new ReadState(reservationStream(id)));
  }
}
