import { assert, partitionOf } from '@murmuration/kernel';
import type { AppendAllVerdict, AppendRequest, AppendVerdict, Appended, ExpectedVersion } from '../port';
import { JSON_SEPARATOR } from './append-function.sql';

/** A row of `event_store.append`, with arrays as the server sends them (`{1,2}`) or parsed. */
export type AppendRow = {
  readonly failed_at: number | string | null;
  readonly outcomes: SqlNumbers | null;
  readonly subjects: SqlNumbers | null;
  readonly actuals: SqlNumbers | null;
  readonly versions: SqlNumbers | null;
  readonly positions: SqlNumbers | null;
  readonly base_versions: SqlNumbers;
  readonly base_positions: SqlNumbers;
};
type SqlNumbers = string | readonly (number | string)[];

export type AppendCall = {
  /** For `APPEND_PARAMETERS`, in their order. */
  readonly values: readonly string[];
  readonly verdicts: (row: AppendRow) => readonly AppendVerdict[];
  readonly allVerdict: (row: AppendRow) => AppendAllVerdict;
};

const EXISTS = -1;

const codeOf = (expected: Exclude<ExpectedVersion, 'any'>): number => {
  if (expected === 'none') return 0;
  return expected === 'exists' ? EXISTS : expected;
};

const PLAIN = /^[\w.:-]+$/;

const quoted = (text: string): string =>
  PLAIN.test(text) && text.toLowerCase() !== 'null' ? text : `"${text.replace(/["\\]/g, '\\$&')}"`;

const array = (values: readonly (number | string)[]): string => `{${values.join(',')}}`;
const textArray = (texts: readonly string[]): string => `{${texts.map(quoted).join(',')}}`;

const numbers = (sql: SqlNumbers): number[] => {
  if (typeof sql !== 'string') return sql.map(Number);
  return sql.length === 2 ? [] : sql.slice(1, -1).split(',').map(Number);
};

const at = <Item>(items: readonly Item[], index: number): Item => {
  const item = items[index];
  assert(item !== undefined, `an item at ${index} of ${items.length}`);
  return item;
};

type Stream = { readonly id: string; readonly index: number; readonly log: Log; events: number };
type Log = { readonly partition: number; index: number; events: number };

/** Collects what the requests touch and numbers it, as `APPEND_PARAMETERS` describes. */
class AppendEncoder {
  private readonly streams = new Map<string, Stream>();
  private readonly logs = new Map<number, Log>();
  private readonly twins: number[] = [];
  private readonly seen = new Map<string, number>();
  private hasTwins = false;
  private readonly checks: { stream: Stream; code: number; before: number; expected: ExpectedVersion }[] = [];
  private readonly checkEnds: number[] = [];
  private readonly eventEnds: number[] = [];
  private readonly eventStreams: Stream[] = [];
  private readonly inStream: number[] = [];
  private readonly inLog: number[] = [];
  private readonly ids: string[] = [];
  private readonly types: string[] = [];
  private readonly schemaVersions: number[] = [];
  private readonly data: string[] = [];
  private readonly metadata: string[] = [];
  private lastMetadata: unknown;
  private lastMetadataText = '';

  constructor(
    private readonly requests: readonly AppendRequest[],
    private readonly logPartitions: number,
  ) {
    for (const request of requests) this.add(request);
  }

  call(): AppendCall {
    const logs = [...this.logs.values()].sort((left, right) => left.partition - right.partition);
    logs.forEach((log, index) => (log.index = index + 1));
    const streams = [...this.streams.values()];
    const values = [
      array(logs.map(({ partition }) => partition)),
      textArray(streams.map(({ id }) => id)),
      array(streams.map(({ log }) => log.index)),
      array(this.checkEnds),
      array(this.eventEnds),
      array(this.checks.map(({ stream }) => stream.index)),
      array(this.checks.map(({ code }) => code)),
      array(this.checks.map(({ before }) => before)),
      array(this.eventStreams.map(({ index }) => index)),
      array(this.inStream),
      array(this.inLog),
      array(this.ids),
      array(this.hasTwins ? this.twins : []),
      textArray(this.types),
      array(this.schemaVersions),
      this.data.join(JSON_SEPARATOR),
      this.metadata.join(JSON_SEPARATOR),
    ];
    return { values, verdicts: (row) => this.verdicts(row), allVerdict: (row) => this.allVerdict(row) };
  }

  private add({ checks, events }: AppendRequest): void {
    for (const { streamId, expected } of checks) {
      const stream = this.streamOf(streamId);
      if (expected !== 'any') this.checks.push({ stream, code: codeOf(expected), before: stream.events, expected });
    }
    for (const event of events) {
      const stream = this.streamOf(event.streamId);
      this.eventStreams.push(stream);
      this.inStream.push(++stream.events);
      this.inLog.push(++stream.log.events);
      this.ids.push(event.eventId);
      this.types.push(event.type);
      this.schemaVersions.push(event.schemaVersion);
      this.data.push(event.data);
      this.metadata.push(this.metadataText(event.metadata));
      const twin = this.seen.get(event.eventId) ?? 0;
      if (twin > 0) this.hasTwins = true;
      this.twins.push(twin);
      this.seen.set(event.eventId, this.ids.length);
    }
    this.checkEnds.push(this.checks.length);
    this.eventEnds.push(this.ids.length);
  }

  private metadataText(metadata: unknown): string {
    // The events of one command mostly share one metadata object.
    if (metadata !== this.lastMetadata) {
      this.lastMetadata = metadata;
      this.lastMetadataText = JSON.stringify(metadata);
    }
    return this.lastMetadataText;
  }

  private streamOf(id: string): Stream {
    const known = this.streams.get(id);
    if (known) return known;
    const partition = this.logPartitions === 1 ? 0 : partitionOf(id, this.logPartitions);
    const log = this.logs.get(partition) ?? { partition, index: 0, events: 0 };
    this.logs.set(partition, log);
    const stream: Stream = { id, index: this.streams.size + 1, log, events: 0 };
    this.streams.set(id, stream);
    return stream;
  }

  private verdicts(row: AppendRow): readonly AppendVerdict[] {
    const outcomes = row.outcomes === null ? undefined : numbers(row.outcomes);
    const places = this.places(row);
    let first = 0;
    return this.requests.map((_, request) => {
      const end = at(this.eventEnds, request);
      const events = places.slice(first, end);
      first = end;
      const outcome = outcomes ? at(outcomes, request) : 0;
      return outcome > 1
        ? this.refusal(outcome, request, row)
        : { outcome: 'appended', repeated: outcome === 1, events };
    });
  }

  private allVerdict(row: AppendRow): AppendAllVerdict {
    if (row.failed_at !== null) {
      const failedAt = Number(row.failed_at) - 1;
      const outcome = at(numbers(row.outcomes ?? []), failedAt);
      return { outcome: 'failed', failedAt, verdict: this.refusal(outcome, failedAt, row) };
    }
    const verdicts = this.verdicts(row).map((verdict) => {
      assert(verdict.outcome === 'appended', 'every request to be appended when none failed');
      return verdict;
    });
    return { outcome: 'appended', verdicts };
  }

  private places(row: AppendRow): readonly Appended[] {
    const versions = row.versions === null ? undefined : numbers(row.versions);
    const positions = row.positions === null ? undefined : numbers(row.positions);
    const baseVersions = versions ? [] : numbers(row.base_versions);
    const basePositions = positions ? [] : numbers(row.base_positions);
    return this.ids.map((eventId, index) => {
      const { log, index: stream } = at(this.eventStreams, index);
      const version = versions ? at(versions, index) : at(baseVersions, stream - 1) + at(this.inStream, index);
      const position = positions ? at(positions, index) : at(basePositions, log.index - 1) + at(this.inLog, index);
      return { eventId, version, logPartition: log.partition, position };
    });
  }

  private refusal(outcome: number, request: number, row: AppendRow): Exclude<AppendVerdict, { outcome: 'appended' }> {
    const subject = at(numbers(row.subjects ?? []), request) - 1;
    if (outcome === 3) return { outcome: 'id-taken', eventId: at(this.ids, subject) };
    if (outcome === 4) return { outcome: 'archived', streamId: at([...this.streams.keys()], subject) };
    assert(outcome === 2, `a known outcome, got ${outcome}`);
    const { stream, expected } = at(this.checks, subject);
    return { outcome: 'conflict', streamId: stream.id, expected, actual: at(numbers(row.actuals ?? []), request) };
  }
}

/** The parameters of `event_store.append` for these requests, and the reader of the row that it answers. */
export const appendCall = (requests: readonly AppendRequest[], logPartitions: number): AppendCall =>
  new AppendEncoder(requests, logPartitions).call();
