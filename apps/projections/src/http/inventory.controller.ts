import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { Lists, problem, Reads } from '@murmuration/platform';
import type { z } from 'zod';
import { FindStock, ListStock } from '../views/view-queries';
import { shownStock, shownStockPage } from './answer.schemas';
import { sku, stockQuery, type StockQuery } from './view.schemas';

@ApiTags('inventory')
@Controller('inventory')
export class InventoryController {
  constructor(@Inject(QueryBus) private readonly queries: QueryBus) {}

  @Get()
  @Lists('The stock of every SKU as inventory said it last, page by page', shownStockPage)
  async list(@Query({ schema: stockQuery }) { after, limit }: StockQuery): Promise<z.infer<typeof shownStockPage>> {
    const stock = await this.queries.execute(new ListStock(after ?? '', limit));
    const last = stock.length === limit ? stock.at(-1) : undefined;
    return { stock, ...(last === undefined ? {} : { next: last.sku }) };
  }

  @Get(':sku')
  @Reads('The stock of one SKU', shownStock)
  async find(@Param('sku', { schema: sku }) id: string): Promise<z.infer<typeof shownStock>> {
    const row = await this.queries.execute(new FindStock(id));
    if (row === undefined) throw problem('not-found', `Nothing was heard of a SKU ${id}`);
    return row;
  }
}
