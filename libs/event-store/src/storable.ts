import { assert } from '@murmuration/kernel';
import { EventStoreError } from './event-store-error';
import type { AppendRequest, NewEvent, ReadStream } from './port';

/** UTF-8 bytes: an entry of the stream index must fit well within a third of a database page. */
export const STREAM_ID_BYTES_MAX = 1024;
export const EVENT_DATA_CHARS_MAX = 4 * 1024 * 1024;
/** Events of one append; the largest that one flush carries. */
export const EVENTS_PER_APPEND_MAX = 100_000;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const invalid = (detail: string): EventStoreError => new EventStoreError('invalid-request', detail);

const checkStreamId = (streamId: string): void => {
  // No UTF-16 unit takes more than three bytes, which spares short ids the count.
  const fits = streamId.length * 3 <= STREAM_ID_BYTES_MAX || Buffer.byteLength(streamId) <= STREAM_ID_BYTES_MAX;
  if (streamId.length === 0 || !fits)
    throw invalid(`a stream id has 1 to ${STREAM_ID_BYTES_MAX} bytes, got ${streamId.slice(0, 80)}`);
  if (streamId.includes('\0')) throw invalid('a stream id has no NUL character');
};

const checkEvent = (event: NewEvent): void => {
  checkStreamId(event.streamId);
  if (!UUID.test(event.eventId))
    throw invalid(`an event id is a UUID in lower case, got ${event.eventId.slice(0, 80)}`);
  if (event.data.length > EVENT_DATA_CHARS_MAX)
    throw invalid(`data of event ${event.eventId} is longer than ${EVENT_DATA_CHARS_MAX} characters`);
  if (event.type.length === 0 || event.type.includes('\0')) throw invalid(`event ${event.eventId} has no usable type`);
};

/** Throws `EventStoreError` `invalid-request` for what no implementation can store. Whether `data` is JSON is left to the store. */
export const checkStorable = (request: AppendRequest): void => {
  if (request.events.length > EVENTS_PER_APPEND_MAX)
    throw invalid(`one append has at most ${EVENTS_PER_APPEND_MAX} events`);
  for (const event of request.events) checkEvent(event);
  for (const { streamId, expected } of request.checks) {
    checkStreamId(streamId);
    assert(
      typeof expected !== 'number' || (Number.isSafeInteger(expected) && expected >= 0),
      'an expected version to be a whole number from 0',
    );
  }
};

/** Throws `EventStoreError` `invalid-request` for a stream that cannot exist. */
export const checkReadable = (streams: readonly ReadStream[]): void => {
  for (const { streamId } of streams) checkStreamId(streamId);
};

/** No other text can be an event's id. */
export const isEventId = (text: string): boolean => UUID.test(text);
