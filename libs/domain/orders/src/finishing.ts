import type { OrdersCommand } from './model';

/**
 * What may be asked for even while nothing new is begun: it ends what has begun, keeps somebody from beginning more, or is an
 * operator's way out of a standstill. Each stores little, and nothing about what is not there.
 */
export const ordersFinishing: readonly OrdersCommand['type'][] = [
  ...(['RequestCancellation', 'RetryOrder', 'ForceCancellation', 'ResolveOrder'] as const),
  ...(['SuspendCustomer', 'DeactivateCustomer'] as const),
];
