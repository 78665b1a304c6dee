export * from './audit';
export { customerIdOf, customerViewFold, type CustomerRow } from './customer-view';
export { isOfOrder, orderIdOf, type HeardOfOrder, type OrderEventName, type OrderWord } from './heard-order';
export { openSteps, type OpenStep } from './open-steps';
export type { Fact, OrderFacts } from './order-facts';
export type { OrderStanding, OrderStatus } from './order-standing';
export { orderViewFold, type OrderRow } from './order-view';
export * from './stock-view';
export * from './timeline';
