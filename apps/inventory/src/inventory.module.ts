import { announce, inventoryAgenda, inventoryFinishing, inventoryModel } from '@murmuration/domain-inventory';
import { defineService, heardBy } from '@murmuration/platform';
import { InventoryReactions } from './events/inventory.reactions';
import { rejectionStatus } from './http/rejection-status';
import { ReservationsController } from './http/reservations.controller';
import { StockController } from './http/stock.controller';
import { inventoryCodec } from './store/inventory.codec';

/** Who gets what in the inventory service. */
export const inventoryService = () =>
  defineService({
    service: 'inventory',
    docs: {
      title: 'Inventory',
      description: 'Receives and adjusts stock, and holds it for orders: all lines of an order or none.',
    },
    rules: { model: inventoryModel, codec: inventoryCodec },
    rejectionStatus,
    finishing: inventoryFinishing,
    hears: heardBy('inventory'),
    announce,
    agenda: { rules: inventoryAgenda },
    controllers: [StockController, ReservationsController, InventoryReactions],
  });
