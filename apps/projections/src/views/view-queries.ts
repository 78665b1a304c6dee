import {
  archiveCodec,
  type CustomerRow,
  type OrderRow,
  sagaStream,
  type SagaTimeline,
  type StockRow,
  timelineOf,
} from '@murmuration/domain-projections';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { EventStore, StoredEvent } from '@murmuration/event-store';
import { compareViews, type ViewComparison } from './compare-views';
import type { OrderFilter, ViewStore, WaitingFilter } from './view-store.port';

export class FindOrder extends Query<OrderRow | undefined> {
  constructor(readonly orderId: string) {
    super();
  }
}

@QueryHandler(FindOrder)
export class FindOrderHandler implements IQueryHandler<FindOrder> {
  constructor(private readonly views: ViewStore) {}

  execute({ orderId }: FindOrder): Promise<OrderRow | undefined> {
    return this.views.findOrder(orderId);
  }
}

export class ListOrders extends Query<readonly OrderRow[]> {
  constructor(readonly filter: OrderFilter) {
    super();
  }
}

@QueryHandler(ListOrders)
export class ListOrdersHandler implements IQueryHandler<ListOrders> {
  constructor(private readonly views: ViewStore) {}

  execute({ filter }: ListOrders): Promise<readonly OrderRow[]> {
    return this.views.listOrders(filter);
  }
}

/** Orders that still wait for somebody, and have since before an instant; longest first. */
export class ListStuck extends Query<readonly OrderRow[]> {
  constructor(readonly filter: WaitingFilter) {
    super();
  }
}

@QueryHandler(ListStuck)
export class ListStuckHandler implements IQueryHandler<ListStuck> {
  constructor(private readonly views: ViewStore) {}

  execute({ filter }: ListStuck): Promise<readonly OrderRow[]> {
    return this.views.listWaiting(filter);
  }
}

/** Orders by status. */
export class CountOrders extends Query<Readonly<Record<string, number>>> {}

@QueryHandler(CountOrders)
export class CountOrdersHandler implements IQueryHandler<CountOrders> {
  constructor(private readonly views: ViewStore) {}

  execute(): Promise<Readonly<Record<string, number>>> {
    return this.views.countOrders();
  }
}

export class FindStock extends Query<StockRow | undefined> {
  constructor(readonly sku: string) {
    super();
  }
}

@QueryHandler(FindStock)
export class FindStockHandler implements IQueryHandler<FindStock> {
  constructor(private readonly views: ViewStore) {}

  execute({ sku }: FindStock): Promise<StockRow | undefined> {
    return this.views.findStock(sku);
  }
}

export class ListStock extends Query<readonly StockRow[]> {
  constructor(
    readonly afterSku: string,
    readonly limit: number,
  ) {
    super();
  }
}

@QueryHandler(ListStock)
export class ListStockHandler implements IQueryHandler<ListStock> {
  constructor(private readonly views: ViewStore) {}

  execute({ afterSku, limit }: ListStock): Promise<readonly StockRow[]> {
    return this.views.listStock(afterSku, limit);
  }
}

export class FindCustomer extends Query<CustomerRow | undefined> {
  constructor(readonly customerId: string) {
    super();
  }
}

@QueryHandler(FindCustomer)
export class FindCustomerHandler implements IQueryHandler<FindCustomer> {
  constructor(private readonly views: ViewStore) {}

  execute({ customerId }: FindCustomer): Promise<CustomerRow | undefined> {
    return this.views.findCustomer(customerId);
  }
}

/** Everything that was heard of one order, told as a story. */
export class FindTimeline extends Query<SagaTimeline | undefined> {
  constructor(readonly orderId: string) {
    super();
  }
}

@QueryHandler(FindTimeline)
export class FindTimelineHandler implements IQueryHandler<FindTimeline> {
  constructor(private readonly archive: EventStore) {}

  async execute({ orderId }: FindTimeline): Promise<SagaTimeline | undefined> {
    const streamId = sagaStream(orderId);
    const stored = (await this.archive.readStreams([{ streamId }])).get(streamId) ?? [];
    return timelineOf(stored.map((event) => archiveCodec.decode(event).heard));
  }
}

/** A page of the archive itself, in the order in which things were heard. */
export class ReadArchive extends Query<readonly StoredEvent[]> {
  constructor(
    readonly logPartition: number,
    readonly after: number,
    readonly limit: number,
  ) {
    super();
  }
}

@QueryHandler(ReadArchive)
export class ReadArchiveHandler implements IQueryHandler<ReadArchive> {
  constructor(private readonly archive: EventStore) {}

  execute({ logPartition, after, limit }: ReadArchive): Promise<readonly StoredEvent[]> {
    return this.archive.readLog(logPartition, after, limit);
  }
}

/** Whether the views are what the archive makes of them. */
export class CompareViews extends Query<ViewComparison> {}

@QueryHandler(CompareViews)
export class CompareViewsHandler implements IQueryHandler<CompareViews> {
  constructor(
    private readonly archive: EventStore,
    private readonly views: ViewStore,
  ) {}

  execute(): Promise<ViewComparison> {
    return compareViews(this.archive, this.views);
  }
}
