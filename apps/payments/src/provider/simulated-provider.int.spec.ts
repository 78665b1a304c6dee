import { effectKey, type PaymentEffect, type ProviderReceipt } from '@murmuration/domain-payments';
import { type TestDatabase, type TestPostgres, postgresForTests } from '@murmuration/embedded-postgres';
import type { EffectPort } from '@murmuration/kernel';
import { Pool } from 'pg';
import { DataSource } from 'typeorm';
import { CreateSimulatedProvider1790000020000, simulatedProviderBook, simulatedProviderPort } from '.';

const AMOUNT = { amountMinor: 4_200, currency: 'EUR' } as const;
const authorize = (orderId: string, paymentToken: string): [string, PaymentEffect] => [
  effectKey.authorize(orderId),
  { type: 'authorize', orderId, ...AMOUNT, paymentToken },
];
const capture = (orderId: string): [string, PaymentEffect] => [
  effectKey.capture(orderId),
  { type: 'capture', orderId, ...AMOUNT },
];

describe('the simulated payment provider behind its port', () => {
  let server: TestPostgres;
  let database: TestDatabase;
  let pool: Pool;
  let provider: EffectPort<PaymentEffect, ProviderReceipt>;
  let orders = 0;
  const newOrder = (): string => `order-${++orders}`;
  const reopened = (): EffectPort<PaymentEffect, ProviderReceipt> => simulatedProviderPort(simulatedProviderBook(pool));

  beforeAll(async () => {
    server = await postgresForTests();
    database = await server.newDatabase();
    const dataSource = new DataSource({
      ...{ type: 'postgres', url: database.url, migrations: [CreateSimulatedProvider1790000020000] },
      installExtensions: false,
    });
    await dataSource.initialize();
    await dataSource.runMigrations();
    await dataSource.destroy();
    pool = new Pool({ connectionString: database.url });
    provider = reopened();
  }, 60_000);
  afterAll(async () => {
    await pool.end();
    await database.drop();
    await server.stop();
  });

  it('remembers a charge after a restart and answers its key alike', async () => {
    const order = newOrder();
    const answer = await provider.perform(...authorize(order, 'tok_ok'));
    expect(answer).toMatchObject({ outcome: 'done', result: { captured: false } });
    expect(await reopened().query(...authorize(order, 'tok_ok'))).toEqual(answer);
    expect(await reopened().perform(...authorize(order, 'tok_ok'))).toEqual(answer);
    expect(await reopened().perform(...capture(order))).toMatchObject({ outcome: 'done', result: { captured: true } });
  });

  it('has charged when it timed out as tok_timeout_charged, and not when it timed out as tok_timeout_not_charged', async () => {
    const [charged, uncharged] = [newOrder(), newOrder()];
    for (const [order, token] of [
      [charged, 'tok_timeout_charged'],
      [uncharged, 'tok_timeout_not_charged'],
    ] as const)
      expect(await provider.perform(...authorize(order, token))).toMatchObject({ outcome: 'unknown' });
    expect(await reopened().query(...authorize(charged, 'tok_timeout_charged'))).toMatchObject({ outcome: 'done' });
    expect(await reopened().query(...authorize(uncharged, 'tok_timeout_not_charged'))).toEqual({
      outcome: 'not-found',
    });
    expect(await reopened().perform(...authorize(uncharged, 'tok_timeout_not_charged'))).toMatchObject({
      outcome: 'done',
    });
  });

  it('counts the failures of tok_flaky over restarts', async () => {
    const order = newOrder();
    const outcomes = [provider, reopened(), reopened()].map(
      (port) => () => port.perform(...authorize(order, 'tok_flaky')),
    );
    const heard: string[] = [];
    for (const ask of outcomes) heard.push((await ask()).outcome);
    expect(heard).toEqual(['not-yet', 'not-yet', 'done']);
  });

  it('charges once when two processes perform one key at the same time', async () => {
    const order = newOrder();
    const answers = await Promise.all(
      [provider, reopened()].map((port) => port.perform(...authorize(order, 'tok_ok'))),
    );
    expect(answers[0]).toEqual(answers[1]);
  });

  it('says no to a capture of what was never authorised', async () => {
    expect(await provider.perform(...capture(newOrder()))).toEqual({ outcome: 'refused', reason: 'no_such_charge' });
  });
});
