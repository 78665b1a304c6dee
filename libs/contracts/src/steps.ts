import { inventorySteps } from './inventory.steps';
import { orderSteps } from './orders.steps';
import { paymentSteps } from './payments.steps';
import { shippingSteps } from './shipping.steps';

/** The whole choreography, declared once. Projections hear every event and take no step. */
export const STEPS = {
  orders: orderSteps,
  inventory: inventorySteps,
  payments: paymentSteps,
  shipping: shippingSteps,
} as const;

export type StepName<Service extends keyof typeof STEPS> = (typeof STEPS)[Service][number]['name'];

/** The events that a service's steps hear: each is heard by exactly one step of that service. */
export type HeardBy<Service extends keyof typeof STEPS> = (typeof STEPS)[Service][number]['hears'][number];
