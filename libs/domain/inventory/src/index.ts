export * from './agenda';
export * from './announcements';
export * from './finishing';
export * from './inventory.messages';
export * from './inventory.shapes';
export * from './model';
export * from './reactions';
export { type Reservation } from './reservation';
export { type StockLedger } from './stock';
