import { createHmac, randomBytes } from 'node:crypto';
import type { ContactChannel } from '@murmuration/domain-customers';

/** The `VerificationCodes` of a service. */
export const VERIFICATION_CODES = Symbol('verification codes');

/**
 * Codes of six digits that can be made again from what is stored by who has the secret, and by nobody else. So a code is
 * stored nowhere, and a restart sends the same one.
 */
export type VerificationCodes = {
  readonly codeOf: (verificationId: string) => string;
  /** What is stored of a code. Without the secret it does not tell the code, although there are few to try. */
  readonly hashOf: (given: {
    readonly customerId: string;
    readonly channel: ContactChannel;
    readonly code: string;
  }) => string;
};

const DIGITS = 6;
/** Bytes that are drawn for a code: so many that no code is likelier than another by more than one in a hundred million. */
const DRAWN_BYTES = 6;
const SECRET_BYTES = 32;

/** Codes under a secret; under one of this process alone where none is given, and then they end with the process. */
export const verificationCodes = (secret: string | Buffer = randomBytes(SECRET_BYTES)): VerificationCodes => {
  const keyed = (...parts: readonly string[]): Buffer =>
    createHmac('sha256', secret).update(JSON.stringify(parts)).digest();
  return {
    codeOf: (verificationId) =>
      String(keyed('code', verificationId).readUIntBE(0, DRAWN_BYTES) % 10 ** DIGITS).padStart(DIGITS, '0'),
    hashOf: ({ customerId, channel, code }) => keyed('hash', customerId, channel, code).toString('base64url'),
  };
};
