import { ordersShapes, type OrdersEvent } from '@murmuration/domain-orders';
import { jsonCodec } from '@murmuration/event-store';

export const ordersCodec = jsonCodec<OrdersEvent>(ordersShapes);
