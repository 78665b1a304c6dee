import {
  encodeRecord,
  orderSubmitted,
  paymentRefunded,
  say,
  stockReserved,
  type IntegrationEvent,
} from '@murmuration/contracts';
import { instant } from '@murmuration/kernel';
import { serviceOnMemory } from '@murmuration/platform';
import { ordersService } from '../orders.module';

const NOW = instant('2026-03-01T09:30:00.000Z');

const heard = async (event: IntegrationEvent) => {
  const { decode, close } = await serviceOnMemory(ordersService({ ORDER_DEADLINE_MS: 900_000 }));
  const { key, value, headers } = encodeRecord(event, {
    ...{ id: '00000000-0000-5000-8000-000000000001', source: 'inventory', time: NOW },
    ...{ correlationId: 'o-1', causationId: 'c-1', hop: 1 },
  });
  const place = { topic: 'inventory.events.v1', partition: 0, offset: '0', timestamp: NOW };
  const decoded = await decode({ ...place, key, value: Buffer.from(value), headers });
  await close();
  return decoded;
};

describe('the reactions of orders', () => {
  it('record what the others say of an order', async () => {
    const { orderId } = stockReserved.example;
    await expect(heard(say(stockReserved, stockReserved.example))).resolves.toMatchObject({
      kind: 'heard',
      reaction: {
        step: 'follow-progress',
        commands: [{ type: 'RecordFact', orderId, fact: { fact: 'stock-reserved' } }],
      },
    });
  });

  it('make nothing of money given back for a return', async () => {
    const refund = say(paymentRefunded, { ...paymentRefunded.example, cause: 'return' });
    await expect(heard(refund)).resolves.toMatchObject({ kind: 'heard', reaction: { commands: [] } });
  });

  it('leave alone what orders itself has said', async () => {
    await expect(heard(say(orderSubmitted, orderSubmitted.example))).resolves.toMatchObject({ kind: 'ignored' });
  });
});
