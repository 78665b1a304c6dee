import { inventoryShapes } from '@murmuration/domain-inventory';
import { ordersShapes } from '@murmuration/domain-orders';
import { paymentsShapes } from '@murmuration/domain-payments';
import { shippingShapes } from '@murmuration/domain-shipping';
import type { Message, StoredShapes } from '@murmuration/kernel';
import { REAL_FLOCK, type RuleBook } from '../model-check/rules';

/** The pure side of one service, as a play sees it that does not care about its types. */
export type Role = RuleBook & { readonly shapes: StoredShapes<Message> };

/** The services that decide, with the rules that run in production; orders, which hears everything, hears last. */
export const CAST: readonly Role[] = [
  { ...REAL_FLOCK.inventory, shapes: inventoryShapes },
  { ...REAL_FLOCK.payments, shapes: paymentsShapes },
  { ...REAL_FLOCK.shipping, shapes: shippingShapes },
  { ...REAL_FLOCK.orders, shapes: ordersShapes },
];
