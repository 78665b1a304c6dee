export * from './agenda';
export * from './announcements';
export * from './model';
export * from './reactions';
export { shipment } from './shipment';
export * from './shipment.messages';
export * from './shipment.shapes';
export { type Answer, type Leftover, type Shipment } from './shipment.state';
export * from './simulated-carrier';
