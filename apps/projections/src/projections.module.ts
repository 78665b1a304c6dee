import { archiveCodec, archiveModel, HEARD_BY_PROJECTIONS } from '@murmuration/domain-projections';
import { defineService } from '@murmuration/platform';
import { ArchiveReactions } from './events/archive.reactions';
import { ArchiveController } from './http/archive.controller';
import { CustomersController } from './http/customers.controller';
import { InventoryController } from './http/inventory.controller';
import { OrdersController } from './http/orders.controller';
import { SagasController } from './http/sagas.controller';
import {
  CompareViewsHandler,
  CountOrdersHandler,
  FindCustomerHandler,
  FindOrderHandler,
  FindStockHandler,
  FindTimelineHandler,
  ListOrdersHandler,
  ListStockHandler,
  ListStuckHandler,
  ReadArchiveHandler,
} from './views/view-queries';
import { startViewUpdater, type ViewUpdaterOptions } from './views/view-updater';

/** Who gets what in the projections service: it archives what it hears, and all its views follow the archive. */
export const projectionsService = (options: ViewUpdaterOptions) => {
  const { store, views } = options;
  return defineService({
    service: 'projections',
    docs: {
      title: 'Projections',
      description: 'Archives every event of the flock, and answers what no single service knows.',
    },
    rules: { model: archiveModel, codec: archiveCodec },
    rejectionStatus: {},
    hears: HEARD_BY_PROJECTIONS,
    controllers: [
      ...[OrdersController, SagasController, InventoryController, CustomersController, ArchiveController],
      ArchiveReactions,
    ],
    providers: [
      { provide: FindOrderHandler, useFactory: () => new FindOrderHandler(views) },
      { provide: ListOrdersHandler, useFactory: () => new ListOrdersHandler(views) },
      { provide: ListStuckHandler, useFactory: () => new ListStuckHandler(views) },
      { provide: CountOrdersHandler, useFactory: () => new CountOrdersHandler(views) },
      { provide: FindStockHandler, useFactory: () => new FindStockHandler(views) },
      { provide: ListStockHandler, useFactory: () => new ListStockHandler(views) },
      { provide: FindCustomerHandler, useFactory: () => new FindCustomerHandler(views) },
      { provide: FindTimelineHandler, useFactory: () => new FindTimelineHandler(store) },
      { provide: ReadArchiveHandler, useFactory: () => new ReadArchiveHandler(store) },
      { provide: CompareViewsHandler, useFactory: () => new CompareViewsHandler(store, views) },
    ],
    companions: [() => startViewUpdater(options)],
  });
};
