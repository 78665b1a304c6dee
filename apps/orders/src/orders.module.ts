import { announce, ordersAgenda, ordersFinishing, ordersModel } from '@murmuration/domain-orders';
import { defineService, heardBy, systemNow } from '@murmuration/platform';
import type { Courier } from './codes/courier.port';
import { noCourier } from './codes/couriers';
import { sendCodePort } from './codes/send-code';
import { VERIFICATION_CODES, verificationCodes, type VerificationCodes } from './codes/verification-codes';
import type { OrdersConfig } from './config';
import { OrdersReactions } from './events/orders.reactions';
import { CustomerAddressesController } from './http/customer-addresses.controller';
import { CustomerLoyaltyController } from './http/customer-loyalty.controller';
import { CustomerOrdersController } from './http/customer-orders.controller';
import { CustomerPaymentMethodsController } from './http/customer-payment-methods.controller';
import { CustomerVerificationsController } from './http/customer-verifications.controller';
import { CustomersController } from './http/customers.controller';
import { ORDER_DEADLINE, OrdersController } from './http/orders.controller';
import { rejectionStatus } from './http/rejection-status';
import { ordersCodec } from './store/order.codec';

/** How customers get the codes that verify their contacts. */
export type CodePost = { readonly codes: VerificationCodes; readonly courier: Courier };

const unsentCodes = (): CodePost => ({ codes: verificationCodes(), courier: noCourier(() => undefined) });

const customerControllers = [
  ...[CustomersController, CustomerVerificationsController, CustomerAddressesController],
  ...[CustomerPaymentMethodsController, CustomerLoyaltyController, CustomerOrdersController],
];

/** Who gets what in the orders service. */
export const ordersService = (
  { ORDER_DEADLINE_MS }: Pick<OrdersConfig, 'ORDER_DEADLINE_MS'>,
  { codes, courier }: CodePost = unsentCodes(),
) =>
  defineService({
    service: 'orders',
    docs: {
      title: 'Orders',
      description: 'Drafts, places and cancels orders, and keeps the customers who place them.',
    },
    rules: { model: ordersModel, codec: ordersCodec },
    rejectionStatus,
    finishing: ordersFinishing,
    hears: heardBy('orders'),
    announce,
    agenda: { rules: ordersAgenda, port: sendCodePort({ codes, courier, now: systemNow }) },
    controllers: [OrdersController, ...customerControllers, OrdersReactions],
    providers: [
      { provide: ORDER_DEADLINE, useValue: ORDER_DEADLINE_MS },
      { provide: VERIFICATION_CODES, useValue: codes },
    ],
  });
