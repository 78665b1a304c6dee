import { Controller, Get, Inject, Param } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { problem, Reads } from '@murmuration/platform';
import type { z } from 'zod';
import { FindCustomer } from '../views/view-queries';
import { shownCustomer } from './answer.schemas';
import { customerId } from './view.schemas';

@ApiTags('customers')
@Controller('customers')
export class CustomersController {
  constructor(@Inject(QueryBus) private readonly queries: QueryBus) {}

  @Get(':customerId')
  @Reads(
    'What the flock was told of one customer: standing, tier and verified contacts, never a name or an address',
    shownCustomer,
  )
  async find(@Param('customerId', { schema: customerId }) id: string): Promise<z.infer<typeof shownCustomer>> {
    const row = await this.queries.execute(new FindCustomer(id));
    if (row === undefined) throw problem('not-found', `Nothing was heard of a customer ${id}`);
    return row;
  }
}
