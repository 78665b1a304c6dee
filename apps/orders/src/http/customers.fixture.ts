import { instant, type Instant } from '@murmuration/kernel';
import { serviceOnMemory, type SendRequest } from '@murmuration/platform';
import { noCourier } from '../codes/couriers';
import { verificationCodes } from '../codes/verification-codes';
import { ordersService } from '../orders.module';

export const START = instant('2026-03-01T09:30:00.000Z');
export const codes = verificationCodes('a secret of this specification alone');

export type Json = Readonly<Record<string, unknown>>;

export const LINE = { sku: 'KETTLE-1L', quantity: 2, unitPriceMinor: 3490 };
export const ADDRESS = {
  ...{ name: 'Ada Byron', street: 'Lindengasse 7', city: 'Wien', postalCode: '1070', country: 'AT' },
};
export const ORDER = { currency: 'EUR', paymentToken: 'tok_ok', shipTo: ADDRESS, lines: [LINE] };
export const ada = (customerId: string) => ({ customerId, name: 'Ada Byron', email: 'ada@example.org' });

/** The orders service in memory, at an hour that is told to it. */
export const ordersForCustomers = async () => {
  let now: Instant = START;
  let customers = 0;
  const service = await serviceOnMemory(
    ordersService({ ORDER_DEADLINE_MS: 900_000 }, { codes, courier: noCourier(() => undefined) }),
    { now: () => now },
  );
  const { send } = service;
  return {
    ...service,
    setNow: (moment: Instant): void => void (now = moment),
    /** Registers Ada under a new id. */
    register: async (): Promise<string> => {
      const customerId = `c-${++customers}`;
      const { status } = await send('POST', '/customers', ada(customerId));
      expect(status).toBe(201);
      return customerId;
    },
  };
};

/** The status and the rejection that a request is answered with. */
export const refusal = async (answer: ReturnType<SendRequest>): Promise<readonly [number, unknown]> => {
  const { status, body } = await answer;
  return [status, (body.rejection as Json | undefined)?.type];
};
