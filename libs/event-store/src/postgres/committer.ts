import { assert } from '@murmuration/kernel';
import type { AppendRequest, AppendVerdict } from '../port';
import { type AppendAnswer, appendCall } from './append-call';
import { Batcher } from './batcher';
import { EventStoreError } from '../event-store-error';
import type { Lane, TextRow } from './lane';
import { APPEND_EACH } from './statements';

export type CommitterBounds = {
  /** Commands of one flush. */
  readonly commandsPerFlushMax: number;
  /** Characters of event data in one flush; a larger command travels alone. */
  readonly charsPerFlushMax: number;
  /** Commands that may wait for a flush. */
  readonly commandsWaitingMax: number;
};

export const COMMITTER_BOUNDS: CommitterBounds = {
  commandsPerFlushMax: 500,
  charsPerFlushMax: 4 * 1024 * 1024,
  commandsWaitingMax: 20_000,
};

/** What an event costs beside its data: ids, metadata, places. */
const CHARS_PER_EVENT = 400;

const weightOf = ({ events }: AppendRequest): number =>
  events.reduce((sum, { data }) => sum + data.length + CHARS_PER_EVENT, 0);

export const appendAnswer = (rows: readonly TextRow[]): AppendAnswer => {
  const answer = rows[0]?.[0];
  assert(typeof answer === 'string', 'an answer of event_store.append');
  return answer;
};

/** Group commit: commands made while a flush is in flight travel together in the next one. */
export const committer = (
  lane: Lane,
  logPartitions: number,
  bounds: CommitterBounds,
): Batcher<AppendRequest, AppendVerdict> => {
  const send = async (requests: readonly AppendRequest[]): Promise<readonly AppendVerdict[]> => {
    const { values, verdicts } = appendCall(requests, logPartitions);
    return verdicts(appendAnswer(await lane.run(APPEND_EACH, values)));
  };
  const sendAlone = async (request: AppendRequest): Promise<PromiseSettledResult<AppendVerdict>> => {
    const [result] = await Promise.allSettled([send([request])]);
    return result.status === 'rejected' ? result : { status: 'fulfilled', value: result.value[0]! };
  };
  const flush = async (requests: readonly AppendRequest[]): Promise<readonly PromiseSettledResult<AppendVerdict>[]> => {
    try {
      return (await send(requests)).map((value) => ({ status: 'fulfilled', value }));
    } catch (error) {
      if (requests.length === 1 || (error instanceof EventStoreError && error.retryable)) throw error;
    }
    // One of them is unfit for the database, which says so only of all.
    const results: PromiseSettledResult<AppendVerdict>[] = [];
    for (const request of requests) results.push(await sendAlone(request));
    return results;
  };
  return new Batcher({
    batchesAtOnce: 1,
    itemsMax: bounds.commandsPerFlushMax,
    weightMax: bounds.charsPerFlushMax,
    waitingMax: bounds.commandsWaitingMax,
    weightOf,
    flush,
  });
};
