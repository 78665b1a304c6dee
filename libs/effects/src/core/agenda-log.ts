import type { EventCodec, StoredEvent } from '@murmuration/event-store';
import type { Agenda, AgendaChange, Instant, Message } from '@murmuration/kernel';
import type { AgendaCause } from '../agenda-store.port';

/** One change of the agenda and the event that made it. */
export type CausedChange<Effect> = {
  readonly change: AgendaChange<Effect>;
  readonly cause: AgendaCause;
  readonly recordedAt: Instant;
};

const causeOf = ({ eventId, metadata: { correlationId, hop, traceparent } }: StoredEvent): AgendaCause => ({
  ...{ eventId, correlationId, hop },
  ...(traceparent === undefined ? {} : { traceparent }),
});

/** What one stored event means for the agenda, in order. */
export const agendaChangesOf = <Event extends Message, Effect>(
  stored: StoredEvent,
  codec: EventCodec<Event>,
  agenda: Pick<Agenda<Event, never, Effect, never>, 'changesOf'>,
): readonly CausedChange<Effect>[] => {
  const changes = agenda.changesOf(codec.decode(stored));
  if (changes.length === 0) return [];
  const cause = causeOf(stored);
  return changes.map((change) => ({ change, cause, recordedAt: stored.recordedAt }));
};
