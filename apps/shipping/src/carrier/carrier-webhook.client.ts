import type { Instant } from '@murmuration/kernel';
import { z } from 'zod';

/** What a carrier says of its own accord. A notice that is sent again is the same in every field. */
export type CarrierNotice = {
  readonly eventId: string;
  readonly orderId: string;
  readonly event: 'handed-over' | 'delivered';
  readonly carrierReference: string;
  readonly occurredAt: Instant;
};

/** `refused` is final: the parcel is kept. `failed` may be said again later. */
export type NoticeAnswer = 'accepted' | 'refused' | 'failed';

/** Sends notices in one request; one answer for each, in their order. Never rejects for what the other side says or does not say. */
export type CarrierWebhook = (notices: readonly CarrierNotice[]) => Promise<readonly NoticeAnswer[]>;

const TIMEOUT_MS = 10_000;
const CONFLICT = 409;

const answered = z.object({ results: z.array(z.object({ eventId: z.string(), status: z.number() })) });

const answerOf = (status: number | undefined): NoticeAnswer => {
  if (status === CONFLICT) return 'refused';
  return status !== undefined && status >= 200 && status < 300 ? 'accepted' : 'failed';
};

/**
 * Posts arrays of notices to `/v1/webhooks/carrier` below `baseUrl`, over connections that are kept, and expects
 * `{ results: [{ eventId, status }] }` with an HTTP status for each notice.
 */
export const carrierWebhook =
  (baseUrl: string, failed: (error: unknown, doing: string) => void): CarrierWebhook =>
  async (notices) => {
    const url = new URL('/v1/webhooks/carrier', baseUrl);
    try {
      const response = await fetch(url, {
        ...{ method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(notices) },
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${url.href} answered ${response.status}: ${text.slice(0, 200)}`);
      const { results } = answered.parse(JSON.parse(text));
      const statusOf = new Map(results.map(({ eventId, status }) => [eventId, status]));
      return notices.map(({ eventId }) => answerOf(statusOf.get(eventId)));
    } catch (error) {
      failed(error, `sending ${notices.length} notices of the carrier`);
      return notices.map(() => 'failed');
    }
  };
