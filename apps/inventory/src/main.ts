import { runService } from '@murmuration/platform';
import { readConfig } from './config';
import { inventoryService } from './inventory.module';

void runService(readConfig, { service: 'inventory', define: inventoryService });
