export * from './agenda';
export * from './announcements';
export type { CheckOut } from './checkout';
export * from './model';
export type { Ending, FactName, Facts, OrderFact, Progress } from './order.facts';
export * from './order.messages';
export * from './order.shapes';
export { standingOf, type Order, type OrderStatus, type PlacedOrder, type Standing } from './order.state';
export * from './reactions';
