export * from './agenda';
export * from './announcements';
export * from './model';
export { payment } from './payment';
export * from './payment.messages';
export * from './payment.shapes';
export { type Answer, type Payment, type Refund } from './payment.state';
export * from './reactions';
export * from './simulated-provider';
