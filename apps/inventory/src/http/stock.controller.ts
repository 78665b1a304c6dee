import { Body, Controller, Get, Inject, Param, Post } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { stockStream, type InventoryCommand } from '@murmuration/domain-inventory';
import {
  Commands,
  CreatedUnder,
  Execute,
  FromRequest,
  Reads,
  ReadState,
  ShownAs,
  type CommandContext,
} from '@murmuration/platform';
import { adjustment, receipt, shownStock, sku, stockView, type Adjustment, type Receipt } from './stock.schemas';

@ApiTags('stock')
@Controller('stock')
@ShownAs(stockView)
export class StockController {
  constructor(
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(QueryBus) private readonly queries: QueryBus,
  ) {}

  @Get(':sku')
  @Reads('The ledger of a SKU', shownStock)
  find(@Param('sku', { schema: sku }) sku: string) {
    return this.queries.execute(new ReadState(stockStream(sku)));
  }

  @Post(':sku/receipts')
  @CreatedUnder('/v1/stock')
  @Commands('Receive stock', 201, shownStock)
  receive(
    @Param('sku', { schema: sku }) sku: string,
    @Body({ schema: receipt }) { quantity }: Receipt,
    @FromRequest() context: CommandContext,
  ) {
    return this.execute(sku, { type: 'ReceiveStock', sku, quantity, now: context.now }, context);
  }

  @Post(':sku/adjustments')
  @CreatedUnder('/v1/stock')
  @Commands('Correct a count, e.g. after a stocktaking', 201, shownStock)
  adjust(
    @Param('sku', { schema: sku }) sku: string,
    @Body({ schema: adjustment }) { delta, reason }: Adjustment,
    @FromRequest() context: CommandContext,
  ) {
    return this.execute(sku, { type: 'AdjustStock', sku, delta, reason, now: context.now }, context);
  }

  private execute(sku: string, command: InventoryCommand, context: CommandContext) {
    return this.commands.execute(new Execute(command, { streamId: stockStream(sku) }, context));
  }
}
