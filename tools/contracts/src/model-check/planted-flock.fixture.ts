import type {
  InventoryCommand,
  InventoryEvent,
  InventoryRejection,
  InventoryState,
} from '@murmuration/domain-inventory';
import type { OrdersCommand, OrdersEvent, OrdersRejection, OrdersState } from '@murmuration/domain-orders';
import type { Payment, PaymentCommand, PaymentEvent, PaymentRejection } from '@murmuration/domain-payments';
import type { Shipment, ShipmentCommand, ShipmentEvent, ShipmentRejection } from '@murmuration/domain-shipping';
import type { DecisionModel } from '@murmuration/kernel';
import { inventoryRules, ordersRules, paymentsRules, REAL_FLOCK, ruleBook, shippingRules, type Flock } from './rules';

type OrdersModel = DecisionModel<OrdersCommand, OrdersEvent, OrdersState, OrdersRejection>;
type InventoryModel = DecisionModel<InventoryCommand, InventoryEvent, InventoryState, InventoryRejection>;
type PaymentsModel = DecisionModel<PaymentCommand, PaymentEvent, Payment, PaymentRejection>;
type ShippingModel = DecisionModel<ShipmentCommand, ShipmentEvent, Shipment, ShipmentRejection>;

export const { model: orders } = ordersRules;
export const { model: inventory } = inventoryRules;
export const { model: payments } = paymentsRules;
export const { model: shipping } = shippingRules;

export const withOrders = (model: Partial<OrdersModel>): Flock => ({
  ...REAL_FLOCK,
  orders: ruleBook({ ...ordersRules, model: { ...orders, ...model } }),
});
export const withInventory = (model: Partial<InventoryModel>): Flock => ({
  ...REAL_FLOCK,
  inventory: ruleBook({ ...inventoryRules, model: { ...inventory, ...model } }),
});
export const withPayments = (model: Partial<PaymentsModel>): Flock => ({
  ...REAL_FLOCK,
  payments: ruleBook({ ...paymentsRules, model: { ...payments, ...model } }),
});
export const withShipping = (model: Partial<ShippingModel>): Flock => ({
  ...REAL_FLOCK,
  shipping: ruleBook({ ...shippingRules, model: { ...shipping, ...model } }),
});

/** The flock with other rules of one service than its model. */
export const withRules = (rules: Partial<Flock>): Flock => ({ ...REAL_FLOCK, ...rules });

export type PlantedBug = {
  readonly bug: string;
  readonly scenario: string;
  readonly flaw: RegExp;
  readonly flock: Flock;
};
