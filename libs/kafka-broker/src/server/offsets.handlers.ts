import { LEADER_EPOCH, type PartitionLog } from '../log/partition-log';
import { findTimestamp } from '../log/timestamp-search';
import { ErrorCode } from '../protocol/error-code';
import type { BrokerState } from './broker-state';
import type { Handlers } from './dispatch';

const LATEST = -1;
const EARLIEST = -2;
const MAX_TIMESTAMP = -3;

type Found = { readonly offset: number; readonly timestamp: number };

const offsetAt = async (log: PartitionLog, timestamp: number): Promise<Found> => {
  if (timestamp === LATEST) return { offset: log.highWatermark, timestamp: -1 };
  if (timestamp === EARLIEST) return { offset: log.startOffset, timestamp: -1 };
  const wanted = timestamp === MAX_TIMESTAMP ? log.maxTimestamp : timestamp;
  return (await findTimestamp(log, wanted)) ?? { offset: -1, timestamp: -1 };
};

export const offsetsHandlers = ({
  catalogue,
}: BrokerState): Pick<Handlers, 'listOffsets' | 'offsetForLeaderEpoch'> => ({
  listOffsets: async ({ topics }) => ({
    topics: await Promise.all(
      topics.map(async ({ name, partitions }) => ({
        name,
        partitions: await Promise.all(
          partitions.map(async ({ index, timestamp }) => {
            const log = catalogue.log(name, index);
            if (log === undefined) return { index, errorCode: ErrorCode.unknownTopicOrPartition };
            return {
              index,
              errorCode: ErrorCode.none,
              leaderEpoch: LEADER_EPOCH,
              ...(await offsetAt(log, timestamp)),
            };
          }),
        ),
      })),
    ),
  }),

  offsetForLeaderEpoch: ({ topics }) => ({
    topics: topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ index, leaderEpoch }) => {
        const log = catalogue.log(name, index);
        if (log === undefined) return { index, errorCode: ErrorCode.unknownTopicOrPartition, endOffset: -1 };
        return leaderEpoch === LEADER_EPOCH
          ? { index, errorCode: ErrorCode.none, leaderEpoch, endOffset: log.highWatermark }
          : { index, errorCode: ErrorCode.none, endOffset: -1 };
      }),
    })),
  }),
});
