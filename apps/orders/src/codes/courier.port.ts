import type { ContactChannel } from '@murmuration/domain-customers';
import type { Instant } from '@murmuration/kernel';

/** A code for a customer. It may come more than once under one id, with the same code. */
export type CodeMessage = {
  readonly id: string;
  readonly customerId: string;
  readonly channel: ContactChannel;
  /** The e-mail address or phone number that it goes to. */
  readonly contact: string;
  readonly code: string;
  readonly expiresAt: Instant;
};

/**
 * Carries codes to customers. `refused` says that nobody will carry it; a rejected promise, that it may be tried again.
 */
export type Courier = (message: CodeMessage) => Promise<{ readonly refused: string } | 'handed-over'>;
