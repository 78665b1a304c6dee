import { runService } from '@murmuration/platform';
import { readConfig } from './config';
import { ordersService } from './orders.module';

void runService(readConfig, { service: 'orders', define: ordersService });
