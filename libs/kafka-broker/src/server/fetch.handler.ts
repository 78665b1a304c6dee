import { LEADER_EPOCH, type PartitionLog } from '../log/partition-log';
import type { RequestOf, ResponseOf } from '../protocol/api';
import { ErrorCode } from '../protocol/error-code';
import { ZERO_UUID } from '../protocol/field';
import type { Topic } from '../topics/topic-catalogue';
import type { BrokerState } from './broker-state';
import type { Handler } from './dispatch';

type FetchRequest = RequestOf<'fetch'>;
type WantedTopic = FetchRequest['topics'][number];
type PartitionRequest = WantedTopic['partitions'][number];
type PartitionAnswer = ResponseOf<'fetch'>['topics'][number]['partitions'][number];
type Collected = {
  readonly response: ResponseOf<'fetch'>;
  /** As many bytes as there are within the client's limits, whole batches or not. */
  readonly readableBytes: number;
  /** Something the client must hear of now, records or not. */
  readonly isUrgent: boolean;
};

const WAIT_MS_MAX = 60_000;
const RESPONSE_BYTES_MAX = 64 * 1024 * 1024;

/**
 * Reads whole batches in the order the client named its partitions; the first batch found is sent whatever its size, so
 * that a client with small limits gets on. Waits until there is enough, something is wrong or the time is over.
 */
export const fetchHandler = (state: BrokerState): Handler<'fetch'> => {
  const { catalogue, waiters } = state;

  return async (request, { connection }) => {
    const logs = logsOf(request, catalogue);
    const minBytes = Math.min(request.minBytes, request.maxBytes);
    const deadline = performance.now() + Math.min(Math.max(request.maxWaitMs, 0), WAIT_MS_MAX);
    for (;;) {
      const news = waiters.news;
      const collected = await collect(request, catalogue);
      const leftMs = deadline - performance.now();
      const isEnough = collected.isUrgent || collected.readableBytes >= minBytes || logs.length === 0;
      if (isEnough || leftMs <= 0 || !connection.isOpen) return collected.response;
      if (waiters.news === news) await waiters.wait(logs, Math.ceil(leftMs), (cancel) => connection.onClose(cancel));
    }
  };
};

const logsOf = (request: FetchRequest, catalogue: BrokerState['catalogue']): readonly PartitionLog[] =>
  request.topics.flatMap((wanted) => {
    const topic = topicOf(wanted, catalogue);
    return wanted.partitions.map(({ index }) => topic?.partitions[index]).filter((log) => log !== undefined);
  });

const topicOf = ({ name, topicId }: WantedTopic, catalogue: BrokerState['catalogue']): Topic | undefined =>
  topicId === ZERO_UUID ? catalogue.get(name) : catalogue.withId(topicId);

const collect = async (request: FetchRequest, catalogue: BrokerState['catalogue']): Promise<Collected> => {
  let left = Math.min(request.maxBytes, RESPONSE_BYTES_MAX);
  let bytes = 0;
  let readableBytes = 0;
  let isUrgent = false;
  const topics = [];
  for (const wanted of request.topics) {
    const { name, topicId, partitions } = wanted;
    const topic = topicOf(wanted, catalogue);
    const answers: PartitionAnswer[] = [];
    for (const partition of partitions) {
      const log = topic?.partitions[partition.index];
      const isUnknownId = topic === undefined && topicId !== ZERO_UUID;
      const errorCode = isUnknownId ? ErrorCode.unknownTopicId : refusalOf(partition, log);
      if (log === undefined || errorCode !== ErrorCode.none) {
        isUrgent = true;
        answers.push(refusedAnswer(partition.index, errorCode, log));
        continue;
      }
      const answer = answerOf(partition.index, log);
      if (log.placeOf(partition.fetchOffset) === 'end') {
        answers.push(answer);
        continue;
      }
      const bytesMax = Math.min(left, partition.partitionMaxBytes);
      const read = log.read(partition.fetchOffset, bytesMax, bytes === 0);
      const slice = read instanceof Promise ? await read : read;
      bytes += slice.bytes;
      readableBytes += slice.isCut ? Math.max(slice.bytes, bytesMax) : slice.bytes;
      left = Math.max(0, left - slice.bytes);
      answers.push({ ...answer, records: slice.parts });
    }
    topics.push({ name, topicId, partitions: answers });
  }
  return { response: { topics }, readableBytes, isUrgent };
};

const refusalOf = ({ fetchOffset, currentLeaderEpoch }: PartitionRequest, log: PartitionLog | undefined): ErrorCode => {
  if (log === undefined) return ErrorCode.unknownTopicOrPartition;
  if (currentLeaderEpoch > LEADER_EPOCH) return ErrorCode.unknownLeaderEpoch;
  return log.placeOf(fetchOffset) === 'out-of-range' ? ErrorCode.offsetOutOfRange : ErrorCode.none;
};

const answerOf = (index: number, log: PartitionLog): PartitionAnswer => ({
  index,
  errorCode: ErrorCode.none,
  highWatermark: log.highWatermark,
  lastStableOffset: log.highWatermark,
  logStartOffset: log.startOffset,
  records: [],
});

const refusedAnswer = (index: number, errorCode: ErrorCode, log: PartitionLog | undefined): PartitionAnswer =>
  log === undefined || errorCode !== ErrorCode.offsetOutOfRange
    ? { index, errorCode, highWatermark: -1, records: [] }
    : { ...answerOf(index, log), errorCode };
