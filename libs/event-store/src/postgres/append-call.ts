import { assert, partitionOf } from '@murmuration/kernel';
import type { AppendAllVerdict, AppendRequest, AppendVerdict, Appended, ExpectedVersion } from '../port';
import { BASES, FAILED_AT_INDEX, JSON_SEPARATOR } from './append-function.sql';

/** What `event_store.append` answers, as the server sends it (`{1,2}`) or parsed. */
export type AppendAnswer = string | readonly (number | string)[];

export type AppendCall = {
  /** For `APPEND_PARAMETERS`, in their order. */
  readonly values: readonly string[];
  /** Of mode "each". */
  readonly verdicts: (answer: AppendAnswer) => readonly AppendVerdict[];
  /** Of mode "all". */
  readonly allVerdict: (answer: AppendAnswer) => AppendAllVerdict;
};

const EXISTS = -1;
/** Numbers of the answer that come before those of requests, streams and events. */
const HEAD = 2;

const codeOf = (expected: Exclude<ExpectedVersion, 'any'>): number => {
  if (expected === 'none') return 0;
  return expected === 'exists' ? EXISTS : expected;
};

const PLAIN = /^[\w.:-]+$/;

const quoted = (text: string): string =>
  PLAIN.test(text) && text.toLowerCase() !== 'null' ? text : `"${text.replace(/["\\]/g, '\\$&')}"`;

const array = (values: readonly (number | string)[]): string => `{${values.join(',')}}`;
const textArray = (texts: readonly string[]): string => `{${texts.map(quoted).join(',')}}`;

const numbers = (answer: AppendAnswer): readonly number[] =>
  (typeof answer === 'string' ? answer.slice(1, -1).split(',') : answer).map(Number);

const at = <Item>(items: readonly Item[], index: number): Item => {
  const item = items[index];
  assert(item !== undefined, `an item at ${index} of ${items.length}`);
  return item;
};

type Stream = { readonly id: string; readonly index: number; readonly log: Log; base: number; events: number };
type Log = { readonly partition: number; index: number; events: number };

/** What a stream must be before the call so that a check holds after `before` events of earlier requests, too. */
const baseAfter = (base: number, code: number, before: number): number => {
  if (code === EXISTS) {
    if (before > 0 || base > 0) return base;
    return base === 0 ? BASES.impossible : Math.min(base, BASES.exists);
  }
  const wanted = code - before;
  const agrees = base === BASES.any || base === wanted || (base === BASES.exists && wanted > 0);
  return wanted >= 0 && agrees ? wanted : BASES.impossible;
};

/** Collects what the requests touch and numbers it, as `APPEND_PARAMETERS` describes. */
class AppendEncoder {
  private readonly streams = new Map<string, Stream>();
  private readonly logs = new Map<number, Log>();
  private readonly twins: number[] = [];
  private readonly seen = new Map<string, number>();
  private hasTwins = false;
  private readonly checks: { stream: Stream; code: number; expected: ExpectedVersion }[] = [];
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
      array(streams.map(({ base }) => base)),
      array(this.checkEnds),
      array(this.eventEnds),
      array(this.checks.map(({ stream }) => stream.index)),
      array(this.checks.map(({ code }) => code)),
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
    return {
      values,
      verdicts: (answer) => this.verdicts(numbers(answer)),
      allVerdict: (answer) => this.allVerdict(numbers(answer)),
    };
  }

  private add({ checks, events }: AppendRequest): void {
    for (const { streamId, expected } of checks) {
      const stream = this.streamOf(streamId);
      if (expected === 'any') continue;
      const code = codeOf(expected);
      this.checks.push({ stream, code, expected });
      stream.base = baseAfter(stream.base, code, stream.events);
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
    const stream: Stream = { id, index: this.streams.size + 1, log, base: BASES.any, events: 0 };
    this.streams.set(id, stream);
    return stream;
  }

  private verdicts(answer: readonly number[]): readonly AppendVerdict[] {
    const isPlanned = answer[0] === 1;
    const places = isPlanned ? this.plannedPlaces(answer) : this.foretoldPlaces(answer);
    let first = 0;
    return this.requests.map((_, request) => {
      const end = at(this.eventEnds, request);
      const events = places.slice(first, end);
      first = end;
      const outcome = isPlanned ? at(answer, HEAD + request) : 0;
      return outcome > 1 ? this.refusal(answer, request) : { outcome: 'appended', repeated: outcome === 1, events };
    });
  }

  private allVerdict(answer: readonly number[]): AppendAllVerdict {
    const failedAt = at(answer, FAILED_AT_INDEX - 1) - 1;
    if (failedAt >= 0) return { outcome: 'failed', failedAt, verdict: this.refusal(answer, failedAt) };
    const verdicts = this.verdicts(answer).map((verdict) => {
      assert(verdict.outcome === 'appended', 'every request to be appended when none failed');
      return verdict;
    });
    return { outcome: 'appended', verdicts };
  }

  private foretoldPlaces(answer: readonly number[]): readonly Appended[] {
    const positions = HEAD + this.streams.size;
    return this.ids.map((eventId, index) => {
      const { log, index: stream } = at(this.eventStreams, index);
      const version = at(answer, HEAD + stream - 1) + at(this.inStream, index);
      const position = at(answer, positions + log.index - 1) + at(this.inLog, index);
      return { eventId, version, logPartition: log.partition, position };
    });
  }

  private plannedPlaces(answer: readonly number[]): readonly Appended[] {
    const versions = HEAD + 3 * this.requests.length;
    return this.ids.map((eventId, index) => ({
      eventId,
      version: at(answer, versions + index),
      logPartition: at(this.eventStreams, index).log.partition,
      position: at(answer, versions + this.ids.length + index),
    }));
  }

  private refusal(answer: readonly number[], request: number): Exclude<AppendVerdict, { outcome: 'appended' }> {
    const count = this.requests.length;
    const outcome = at(answer, HEAD + request);
    const subject = at(answer, HEAD + count + request) - 1;
    if (outcome === 3) return { outcome: 'id-taken', eventId: at(this.ids, subject) };
    if (outcome === 4) return { outcome: 'archived', streamId: at([...this.streams.keys()], subject) };
    assert(outcome === 2, `a known outcome, got ${outcome}`);
    const { stream, expected } = at(this.checks, subject);
    return { outcome: 'conflict', streamId: stream.id, expected, actual: at(answer, HEAD + 2 * count + request) };
  }
}

/** The parameters of `event_store.append` for these requests, and the readers of its answer. */
export const appendCall = (requests: readonly AppendRequest[], logPartitions: number): AppendCall =>
  new AppendEncoder(requests, logPartitions).call();
