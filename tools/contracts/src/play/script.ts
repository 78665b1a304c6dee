import type { IntegrationEventName } from '@murmuration/contracts';
import type { Instant, Message } from '@murmuration/kernel';
import type { HearingService } from '@murmuration/contracts';

/** Who places the order of every play. */
export const CUSTOMER = 'c-1001';

/** What a person does in a play, once an event was said for the first time, or when nothing else is left to happen. */
export type Act = {
  readonly after: IntegrationEventName | 'all-else';
  readonly by: string;
  readonly service: HearingService;
  /** In the words of the one who does it. */
  readonly says: string;
  readonly command: (orderId: string, now: Instant) => Message;
  /** Whoever was silent or heard nothing is back from now on. */
  readonly allAreBack?: true;
};

/** How one order is played: what it is about, who fails, and who interferes. */
export type Script = {
  /** Names the outcome, and its section of the reference. */
  readonly name: string;
  readonly title: string;
  /** What happens and why, in a sentence or two. */
  readonly about: string;
  readonly token?: string;
  readonly country?: string;
  readonly quantity?: number;
  /** How long orders waits, 15 minutes unless said otherwise. */
  readonly deadlineMs?: number;
  /** How long the provider keeps an authorisation, seven days unless said otherwise. */
  readonly authorizationMs?: number;
  /** What the carrier never comes to do. */
  readonly carrierNever?: 'hand-over' | 'deliver';
  /** Services that hear nothing any more from the beginning. */
  readonly deaf?: readonly HearingService[];
  /** Who answers no call, or none of those in `silentOn`. */
  readonly silent?: 'payment-provider' | 'carrier';
  readonly silentOn?: readonly string[];
  /** Events that reach a service only when nothing else is under way. */
  readonly late?: readonly { readonly event: IntegrationEventName; readonly to: HearingService }[];
  readonly acts?: readonly Act[];
  /** Where the order stands in the end. */
  readonly ends: { readonly status: string; readonly reason?: string; readonly detail?: string };
};
