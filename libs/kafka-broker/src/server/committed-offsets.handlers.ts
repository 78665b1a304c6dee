import type { PartitionOffset } from '../groups/committed-offsets';
import type { RequestOf, ResponseOf } from '../protocol/api';
import { ErrorCode } from '../protocol/error-code';
import type { BrokerState } from './broker-state';
import type { Handlers } from './dispatch';

const RETRY_LATER = ErrorCode.coordinatorNotAvailable;
const METADATA_BYTES_MAX = 4096;
const NOT_COMMITTED = { offset: -1, leaderEpoch: -1, metadata: '' };

type FetchedTopics = NonNullable<ResponseOf<'offsetFetch'>['topics']>;
type WantedTopics = RequestOf<'offsetFetch'>['topics'];
type CommitRequest = RequestOf<'offsetCommit'>;

export const committedOffsetsHandlers = ({
  catalogue,
  committer,
  coordinator,
  offsets,
}: BrokerState): Pick<Handlers, 'offsetCommit' | 'offsetFetch'> => {
  const judge = (groupFault: ErrorCode, topic: string, index: number, metadata: string | null): ErrorCode => {
    if (groupFault !== ErrorCode.none) return groupFault;
    if (catalogue.log(topic, index) === undefined) return ErrorCode.unknownTopicOrPartition;
    const isTooLarge = metadata !== null && Buffer.byteLength(metadata) > METADATA_BYTES_MAX;
    return isTooLarge ? ErrorCode.offsetMetadataTooLarge : ErrorCode.none;
  };

  const answer = (request: CommitRequest, codes: readonly (readonly ErrorCode[])[]): ResponseOf<'offsetCommit'> => ({
    topics: request.topics.map(({ name, partitions }, topicAt) => ({
      name,
      partitions: partitions.map(({ index }, at) => ({ index, errorCode: codes[topicAt]![at]! })),
    })),
  });

  const fetched = (groupId: string, wanted: WantedTopics): FetchedTopics => {
    const topics = wanted ?? topicsOf(offsets.all(groupId));
    return topics.map(({ name, partitionIndexes }) => ({
      name,
      partitions: partitionIndexes.map((index) => {
        const { offset, leaderEpoch, metadata } = offsets.find(groupId, name, index) ?? NOT_COMMITTED;
        return {
          index,
          committedOffset: offset,
          committedLeaderEpoch: leaderEpoch,
          metadata,
          errorCode: ErrorCode.none,
        };
      }),
    }));
  };

  return {
    offsetCommit: (request) => {
      const groupFault =
        request.groupId === '' ? ErrorCode.invalidGroupId : coordinator.commitFault(request.groupId, request);
      const codes = request.topics.map(({ name, partitions }) =>
        partitions.map(({ index, committedMetadata }) => judge(groupFault, name, index, committedMetadata)),
      );
      const accepted: PartitionOffset[] = request.topics.flatMap(({ name, partitions }, topicAt) =>
        partitions
          .filter((_, at) => codes[topicAt]![at] === ErrorCode.none)
          .map(({ index, committedOffset, committedLeaderEpoch, committedMetadata }) => ({
            topic: name,
            partition: index,
            offset: committedOffset,
            leaderEpoch: committedLeaderEpoch,
            metadata: committedMetadata,
          })),
      );
      if (accepted.length === 0) return answer(request, codes);
      offsets.commit(request.groupId, accepted);
      committer.enlist(offsets.durable);
      return new Promise((resolve) => {
        committer.whenCommitted((failed) => {
          const isFailed = failed.has(offsets.durable);
          // Clients try this one again; they have no word for a coordinator whose disk refused.
          const kept = codes.map((each) => each.map((code) => (isFailed && code === 0 ? RETRY_LATER : code)));
          resolve(answer(request, kept));
        });
      });
    },

    offsetFetch: ({ groupId, topics, groups }) => ({
      topics: fetched(groupId, topics),
      groups: groups.map((group) => ({
        groupId: group.groupId,
        topics: fetched(group.groupId, group.topics),
        errorCode: ErrorCode.none,
      })),
    }),
  };
};

const topicsOf = (offsets: readonly PartitionOffset[]): { name: string; partitionIndexes: number[] }[] => {
  const topics = new Map<string, number[]>();
  for (const { topic, partition } of offsets) topics.set(topic, [...(topics.get(topic) ?? []), partition]);
  return [...topics].map(([name, partitionIndexes]) => ({ name, partitionIndexes }));
};
