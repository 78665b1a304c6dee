export * from './agenda';
export * from './announcements';
export { customer, refusedToOrder } from './customer';
export * from './customer.bounds';
export { wrongCode } from './customer.contacts';
export { pointsFor, tierOf } from './customer.loyalty';
export * from './customer.messages';
export { customerShapes } from './customer.shapes';
export { unregisteredCustomer, type Account, type Contact, type Customer } from './customer.state';
