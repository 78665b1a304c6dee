export * from './announcements';
export { customer, unregisteredCustomer, type Customer } from './customer';
export * from './customer.messages';
