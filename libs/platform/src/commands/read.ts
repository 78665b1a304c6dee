import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { StoredEvent } from '@murmuration/event-store';
import type { Instant } from '@murmuration/kernel';
import { problem } from '../http/problem';
import { Answer } from './answer';
import type { StreamReader } from './stream-reader';

/** An aggregate as it is, as it was at a version, or as it was at an instant. */
export class ReadState extends Query<Answer> {
  constructor(
    readonly streamId: string,
    readonly when: { readonly version?: number | undefined; readonly asOf?: Instant | undefined } = {},
  ) {
    super();
  }
}

@QueryHandler(ReadState)
export class ReadStateHandler<State> implements IQueryHandler<ReadState> {
  constructor(private readonly streams: StreamReader<State>) {}

  async execute({ streamId, when: { version, asOf } }: ReadState): Promise<Answer> {
    const found = await (version !== undefined
      ? this.streams.at(streamId, version)
      : asOf !== undefined
        ? this.streams.asOf(streamId, asOf)
        : this.streams.current(streamId));
    // A version that is not reached yet is not there, rather than being the newest one under a wrong name.
    if (version !== undefined && found.version > 0 && found.version < version)
      throw problem('not-found', `It is at version ${found.version}, and has not been at ${version}`);
    return Answer.state(streamId, found.version, found.state);
  }
}

/** The events of one aggregate that there is, page by page. */
export class ReadEvents extends Query<readonly StoredEvent[]> {
  constructor(
    readonly streamId: string,
    readonly page: { readonly after: number; readonly limit: number },
  ) {
    super();
  }
}

@QueryHandler(ReadEvents)
export class ReadEventsHandler implements IQueryHandler<ReadEvents> {
  constructor(private readonly streams: StreamReader<unknown>) {}

  async execute({ streamId, page: { after, limit } }: ReadEvents): Promise<readonly StoredEvent[]> {
    const events = await this.streams.events(streamId, after, limit);
    if (events.length > 0) return events;
    const isThere = after > 0 && (await this.streams.events(streamId, 0, 1)).length > 0;
    if (!isThere) throw problem('not-found', 'Nothing has happened here');
    return events;
  }
}
