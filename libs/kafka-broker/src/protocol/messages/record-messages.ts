import { arrayOf, int16, int32, int64, int8, listOfScalar, records, string, uuid, ZERO_UUID } from '../field';

/*
 * Produce => transactional_id acks timeout_ms [topic]
 *   topic => name [partition]
 *     partition => index records
 */
export const produceRequest = {
  transactionalId: string.nullableSince(3).since(3).or(null),
  acks: int16,
  timeoutMs: int32,
  topics: arrayOf({
    name: string,
    partitions: arrayOf({ index: int32, records }),
  }),
};

export const produceResponse = {
  topics: arrayOf({
    name: string,
    partitions: arrayOf({
      index: int32,
      errorCode: int16,
      baseOffset: int64,
      logAppendTimeMs: int64.since(2).or(-1),
      logStartOffset: int64.since(5).or(-1),
      recordErrors: arrayOf({ batchIndex: int32, message: string.nullableSince(8) })
        .since(8)
        .or([]),
      errorMessage: string.nullableSince(8).since(8).or(null),
    }),
  }),
  throttleTimeMs: int32.since(1).or(0),
};

/*
 * Fetch => replica_id max_wait_ms min_bytes max_bytes isolation_level session_id session_epoch [topic] [forgotten] rack_id
 *   topic => name [partition]
 *     partition => index current_leader_epoch fetch_offset last_fetched_epoch log_start_offset partition_max_bytes
 *   forgotten => name [index]
 * From version 13 on topics go by their ids, in the response too.
 */
export const fetchRequest = {
  replicaId: int32.between(0, 14).or(-1),
  maxWaitMs: int32,
  minBytes: int32,
  maxBytes: int32.since(3).or(0x7fffffff),
  isolationLevel: int8.since(4).or(0),
  sessionId: int32.since(7).or(0),
  sessionEpoch: int32.since(7).or(-1),
  topics: arrayOf({
    name: string.between(0, 12).or(''),
    topicId: uuid.since(13).or(ZERO_UUID),
    partitions: arrayOf({
      index: int32,
      currentLeaderEpoch: int32.since(9).or(-1),
      fetchOffset: int64,
      lastFetchedEpoch: int32.since(12).or(-1),
      logStartOffset: int64.since(5).or(-1),
      partitionMaxBytes: int32,
    }),
  }),
  forgotten: arrayOf({
    name: string.between(0, 12).or(''),
    topicId: uuid.since(13).or(ZERO_UUID),
    partitions: listOfScalar(int32),
  })
    .since(7)
    .or([]),
  rackId: string.since(11).or(''),
};

export const fetchResponse = {
  throttleTimeMs: int32.since(1).or(0),
  errorCode: int16.since(7).or(0),
  sessionId: int32.since(7).or(0),
  topics: arrayOf({
    name: string.between(0, 12).or(''),
    topicId: uuid.since(13).or(ZERO_UUID),
    partitions: arrayOf({
      index: int32,
      errorCode: int16,
      highWatermark: int64,
      lastStableOffset: int64.since(4).or(-1),
      logStartOffset: int64.since(5).or(-1),
      abortedTransactions: arrayOf({ producerId: int64, firstOffset: int64 }).nullableSince(4).since(4).or(null),
      preferredReadReplica: int32.since(11).or(-1),
      records,
    }),
  }),
};

/*
 * ListOffsets => replica_id isolation_level [topic]
 *   topic => name [partition]
 *     partition => index current_leader_epoch timestamp
 */
export const listOffsetsRequest = {
  replicaId: int32.or(-1),
  isolationLevel: int8.since(2).or(0),
  topics: arrayOf({
    name: string,
    partitions: arrayOf({ index: int32, currentLeaderEpoch: int32.since(4).or(-1), timestamp: int64 }),
  }),
};

export const listOffsetsResponse = {
  throttleTimeMs: int32.since(2).or(0),
  topics: arrayOf({
    name: string,
    partitions: arrayOf({
      index: int32,
      errorCode: int16,
      timestamp: int64.since(1).or(-1),
      offset: int64.since(1).or(-1),
      leaderEpoch: int32.since(4).or(-1),
    }),
  }),
};

/*
 * OffsetForLeaderEpoch => replica_id [topic]
 *   topic => name [partition]
 *     partition => index current_leader_epoch leader_epoch
 */
export const offsetForLeaderEpochRequest = {
  replicaId: int32.since(3).or(-2),
  topics: arrayOf({
    name: string,
    partitions: arrayOf({ index: int32, currentLeaderEpoch: int32.since(2).or(-1), leaderEpoch: int32 }),
  }),
};

export const offsetForLeaderEpochResponse = {
  throttleTimeMs: int32.since(2).or(0),
  topics: arrayOf({
    name: string,
    partitions: arrayOf({
      errorCode: int16,
      index: int32,
      leaderEpoch: int32.since(1).or(-1),
      endOffset: int64,
    }),
  }),
};

/* InitProducerId => transactional_id transaction_timeout_ms producer_id producer_epoch */
export const initProducerIdRequest = {
  transactionalId: string.nullableSince(0).or(null),
  transactionTimeoutMs: int32,
  producerId: int64.since(3).or(-1),
  producerEpoch: int16.since(3).or(-1),
};

export const initProducerIdResponse = {
  throttleTimeMs: int32.or(0),
  errorCode: int16,
  producerId: int64.or(-1),
  producerEpoch: int16.or(-1),
};
