import type { AppendVerdict } from '@murmuration/event-store';
import type { InboxVerdict } from './inbox.port';

/** What an append's verdict means for the whole batch. */
export const inboxVerdictOf = (verdict: AppendVerdict): InboxVerdict => {
  switch (verdict.outcome) {
    case 'appended':
      return { outcome: 'committed' };
    case 'conflict':
      return { outcome: 'conflict', streamId: verdict.streamId };
    case 'id-taken':
      return {
        outcome: 'refused',
        reason: `event id ${verdict.eventId} is taken by another event`,
        takenId: verdict.eventId,
      };
    case 'archived':
      return { outcome: 'refused', reason: `stream ${verdict.streamId} is closed for ever` };
  }
};
