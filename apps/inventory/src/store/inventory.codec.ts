import { inventoryShapes, type InventoryEvent } from '@murmuration/domain-inventory';
import { jsonCodec } from '@murmuration/event-store';

export const inventoryCodec = jsonCodec<InventoryEvent>(inventoryShapes);
