import { verificationCodes } from './verification-codes';

const secret = 'a secret of this specification alone';
const given = { customerId: 'c-1', channel: 'email', code: '123456' } as const;

describe('verification codes', () => {
  it('are six digits, and the same for one id and secret wherever they are made', () => {
    const codes = Array.from({ length: 500 }, (_, index) => verificationCodes(secret).codeOf(`v-${index}`));
    for (const code of codes) expect(code).toMatch(/^\d{6}$/);
    expect(codes).toEqual(codes.map((_, index) => verificationCodes(secret).codeOf(`v-${index}`)));
    expect(new Set(codes).size).toBeGreaterThan(490);
  });
  it('are others under another secret, also when none is given', () => {
    const ids = Array.from({ length: 20 }, (_, index) => `v-${index}`);
    const [first, second] = [verificationCodes(), verificationCodes()];
    expect(ids.map(first.codeOf)).not.toEqual(ids.map(second.codeOf));
  });
  it('are told from their hashes by nobody without the secret', () => {
    const { hashOf } = verificationCodes(secret);
    expect(hashOf(given)).toBe(verificationCodes(secret).hashOf(given));
    expect(hashOf(given)).not.toContain(given.code);
    expect(verificationCodes('another secret').hashOf(given)).not.toBe(hashOf(given));
  });
  it.each([{ customerId: 'c-2' }, { channel: 'phone' }, { code: '123457' }] as const)(
    'have another hash for %o',
    (other) => {
      const { hashOf } = verificationCodes(secret);
      expect(hashOf({ ...given, ...other })).not.toBe(hashOf(given));
    },
  );
});
