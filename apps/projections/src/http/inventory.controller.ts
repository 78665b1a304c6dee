import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { problem, Reads } from '@murmuration/platform';
import { FindStock, ListStock } from '../views/view-queries';
import { sku, stockQuery, type StockQuery } from './view.schemas';

@ApiTags('inventory')
@Controller('inventory')
export class InventoryController {
  constructor(@Inject(QueryBus) private readonly queries: QueryBus) {}

  @Get()
  @Reads('The stock of every SKU as inventory said it last, page by page')
  async list(@Query({ schema: stockQuery }) { after, limit }: StockQuery) {
    const stock = await this.queries.execute(new ListStock(after ?? '', limit));
    const last = stock.length === limit ? stock.at(-1) : undefined;
    return { stock, ...(last === undefined ? {} : { next: last.sku }) };
  }

  @Get(':sku')
  @Reads('The stock of one SKU')
  async find(@Param('sku', { schema: sku }) id: string) {
    const row = await this.queries.execute(new FindStock(id));
    if (row === undefined) throw problem('not-found', `Nothing was heard of a SKU ${id}`);
    return row;
  }
}
