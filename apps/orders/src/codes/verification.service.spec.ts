import { EVENTS } from '@murmuration/contracts';
import { memoryBroker } from '@murmuration/messaging';
import {
  createLogger,
  memoryFlow,
  memoryStorage,
  startService,
  systemNow,
  type StartedService,
} from '@murmuration/platform';
import { eventually } from '@murmuration/testing';
import { ordersService } from '../orders.module';
import type { CodeMessage, Courier } from './courier.port';
import { noCourier } from './couriers';
import { verificationCodes } from './verification-codes';

const TOPICS = [...new Set(EVENTS.map(({ topic }) => topic))];
const codes = () => verificationCodes('a secret of this specification alone');

let storage: ReturnType<typeof memoryStorage>;
let running: StartedService | undefined;
beforeEach(() => {
  storage = memoryStorage(systemNow);
});
afterEach(() => running?.stop());

const start = async (courier: Courier): Promise<void> => {
  running = await startService(ordersService({ ORDER_DEADLINE_MS: 900_000 }, { codes: codes(), courier }), {
    ...{ storage, flow: memoryFlow(memoryBroker({ now: systemNow }), TOPICS), holder: 'test' },
    ...{ host: '127.0.0.1', port: 0, bodyLimitBytes: 65_536, logger: createLogger('orders', 'silent') },
    onFatal: (error) => {
      throw error;
    },
  });
};
type Json = Readonly<Record<string, unknown>>;
const post = async (path: string, body: Json): Promise<Json> => {
  const headers = { 'content-type': 'application/json' };
  const reply = await fetch(`${running?.url}/v1${path}`, { method: 'POST', body: JSON.stringify(body), headers });
  return (await reply.json()) as Json;
};
const shown = async (): Promise<Json> => (await (await fetch(`${running?.url}/v1/customers/c-1`)).json()) as Json;
const askForCode = async (): Promise<void> => {
  await post('/customers', { customerId: 'c-1', name: 'Ada Byron', email: 'ada@example.org' });
  await post('/customers/c-1/verifications', { channel: 'email' });
};

describe('a requested verification', () => {
  it('sends the code once, says so, and is done with it', async () => {
    const carried: CodeMessage[] = [];
    await start(async (message) => {
      carried.push(message);
      return 'handed-over';
    });
    await askForCode();
    await eventually(async () => {
      expect(await shown()).toMatchObject({ verifications: [{ channel: 'email', delivery: 'sent' }] });
      return true;
    });
    expect(carried).toMatchObject([{ customerId: 'c-1', channel: 'email', contact: 'ada@example.org' }]);
    expect(await post('/customers/c-1/verifications/email/confirm', { code: carried[0]?.code })).toMatchObject({
      ...{ emailVerified: true, verifications: [] },
    });
  });

  it('sends the same code after a restart, since it is stored nowhere', async () => {
    const tried: string[] = [];
    await start(async ({ code }) => {
      tried.push(code);
      throw new Error('away');
    });
    await askForCode();
    await eventually(() => tried.length > 0);
    await running?.stop();
    const carried: string[] = [];
    await start(async ({ code }) => {
      carried.push(code);
      return 'handed-over';
    });
    await eventually(() => carried.length > 0, { timeoutMs: 10_000 });
    expect(new Set([...tried, ...carried]).size).toBe(1);
    expect(await post('/customers/c-1/verifications/email/confirm', { code: carried[0] })).toMatchObject({
      emailVerified: true,
    });
  });

  it('tells the customer when there is nobody to carry it', async () => {
    await start(noCourier(() => undefined));
    await askForCode();
    await eventually(async () => {
      expect(await shown()).toMatchObject({ verifications: [{ channel: 'email', delivery: 'failed' }] });
      return true;
    });
  });
});
