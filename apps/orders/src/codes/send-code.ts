import type { SendCode } from '@murmuration/domain-customers';
import { isBefore, type EffectPort, type Instant } from '@murmuration/kernel';
import type { Courier } from './courier.port';
import type { VerificationCodes } from './verification-codes';

export type SendCodeOptions = {
  readonly codes: Pick<VerificationCodes, 'codeOf'>;
  readonly courier: Courier;
  readonly now: () => Instant;
};

/**
 * The effect that a requested verification opens. A courier cannot be asked what it carried, so after a crash a code is handed
 * over again: the same one, since it is made from the id.
 */
export const sendCodePort = ({ codes, courier, now }: SendCodeOptions): EffectPort<SendCode, unknown> => ({
  perform: async (key, { customerId, channel, contact, verificationId, expiresAt }) => {
    if (!isBefore(now(), expiresAt)) return { outcome: 'refused', reason: 'the code expired before it could be sent' };
    const code = codes.codeOf(verificationId);
    try {
      const answer = await courier({ id: key, customerId, channel, contact, code, expiresAt });
      return answer === 'handed-over'
        ? { outcome: 'done', result: undefined }
        : { outcome: 'refused', reason: answer.refused };
    } catch (error) {
      return { outcome: 'not-yet', reason: error instanceof Error ? error.message : String(error) };
    }
  },
  query: async () => ({ outcome: 'not-found' }),
});
