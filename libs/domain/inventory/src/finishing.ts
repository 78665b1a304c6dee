import type { InventoryCommand } from './inventory.messages';

/** What operators may ask for even while nothing new is begun: it ends what has begun, and stores nothing about what is not there. */
export const inventoryFinishing: readonly InventoryCommand['type'][] = ['RetryCommit', 'ResolveReservation'];
