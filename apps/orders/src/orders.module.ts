import { announce, ordersAgenda, ordersModel } from '@murmuration/domain-orders';
import { defineService, heardBy } from '@murmuration/platform';
import type { OrdersConfig } from './config';
import { OrdersReactions } from './events/orders.reactions';
import { CustomersController } from './http/customers.controller';
import { ORDER_DEADLINE, OrdersController } from './http/orders.controller';
import { rejectionStatus } from './http/rejection-status';
import { ordersCodec } from './store/order.codec';

/** Who gets what in the orders service. */
export const ordersService = ({ ORDER_DEADLINE_MS }: Pick<OrdersConfig, 'ORDER_DEADLINE_MS'>) =>
  defineService({
    service: 'orders',
    docs: {
      title: 'Orders',
      description: 'Drafts, places and cancels orders, and keeps the customers who place them.',
    },
    rules: { model: ordersModel, codec: ordersCodec },
    rejectionStatus,
    hears: heardBy('orders'),
    announce,
    agenda: { rules: ordersAgenda },
    controllers: [OrdersController, CustomersController, OrdersReactions],
    providers: [{ provide: ORDER_DEADLINE, useValue: ORDER_DEADLINE_MS }],
  });
