import { arrayOf, bool, bytes, int16, int32, int64, int8, listOfScalar, string } from '../field';

const OPERATIONS_NOT_ASKED = -2147483648;

/* FindCoordinator => key key_type | key_type [coordinator_key] (version 4 and later) */
export const findCoordinatorRequest = {
  key: string.between(0, 3).or(''),
  keyType: int8.since(1).or(0),
  coordinatorKeys: listOfScalar(string).since(4).or([]),
};

export const findCoordinatorResponse = {
  throttleTimeMs: int32.since(1).or(0),
  errorCode: int16.between(0, 3).or(0),
  errorMessage: string.nullableSince(1).between(1, 3).or(null),
  nodeId: int32.between(0, 3).or(-1),
  host: string.between(0, 3).or(''),
  port: int32.between(0, 3).or(-1),
  coordinators: arrayOf({
    key: string,
    nodeId: int32,
    host: string,
    port: int32,
    errorCode: int16,
    errorMessage: string.nullableSince(4),
  })
    .since(4)
    .or([]),
};

/*
 * JoinGroup => group_id session_timeout_ms rebalance_timeout_ms member_id group_instance_id protocol_type [protocol] reason
 *   protocol => name metadata
 */
export const joinGroupRequest = {
  groupId: string,
  sessionTimeoutMs: int32,
  rebalanceTimeoutMs: int32.since(1).or(-1),
  memberId: string,
  groupInstanceId: string.nullableSince(5).since(5).or(null),
  protocolType: string,
  protocols: arrayOf({ name: string, metadata: bytes }),
  reason: string.nullableSince(8).since(8).or(null),
};

export const joinGroupResponse = {
  throttleTimeMs: int32.since(2).or(0),
  errorCode: int16,
  generationId: int32.or(-1),
  protocolType: string.nullableSince(7).since(7).or(null),
  protocolName: string.nullableSince(7).or(''),
  leader: string,
  skipAssignment: bool.since(9).or(false),
  memberId: string,
  members: arrayOf({
    memberId: string,
    groupInstanceId: string.nullableSince(5).since(5).or(null),
    metadata: bytes,
  }),
};

/*
 * SyncGroup => group_id generation_id member_id group_instance_id protocol_type protocol_name [assignment]
 *   assignment => member_id assignment
 */
export const syncGroupRequest = {
  groupId: string,
  generationId: int32,
  memberId: string,
  groupInstanceId: string.nullableSince(3).since(3).or(null),
  protocolType: string.nullableSince(5).since(5).or(null),
  protocolName: string.nullableSince(5).since(5).or(null),
  assignments: arrayOf({ memberId: string, assignment: bytes }),
};

export const syncGroupResponse = {
  throttleTimeMs: int32.since(1).or(0),
  errorCode: int16,
  protocolType: string.nullableSince(5).since(5).or(null),
  protocolName: string.nullableSince(5).since(5).or(null),
  assignment: bytes,
};

/* Heartbeat => group_id generation_id member_id group_instance_id */
export const heartbeatRequest = {
  groupId: string,
  generationId: int32,
  memberId: string,
  groupInstanceId: string.nullableSince(3).since(3).or(null),
};

export const heartbeatResponse = { throttleTimeMs: int32.since(1).or(0), errorCode: int16 };

/*
 * LeaveGroup => group_id member_id | group_id [member] (version 3 and later)
 *   member => member_id group_instance_id reason
 */
export const leaveGroupRequest = {
  groupId: string,
  memberId: string.between(0, 2).or(''),
  members: arrayOf({
    memberId: string,
    groupInstanceId: string.nullableSince(3).or(null),
    reason: string.nullableSince(5).since(5).or(null),
  })
    .since(3)
    .or([]),
};

export const leaveGroupResponse = {
  throttleTimeMs: int32.since(1).or(0),
  errorCode: int16,
  members: arrayOf({ memberId: string, groupInstanceId: string.nullableSince(3), errorCode: int16 })
    .since(3)
    .or([]),
};

/*
 * OffsetCommit => group_id generation_id member_id group_instance_id retention_time_ms [topic]
 *   topic => name [partition]
 *     partition => index committed_offset committed_leader_epoch committed_metadata
 */
export const offsetCommitRequest = {
  groupId: string,
  generationId: int32.since(1).or(-1),
  memberId: string.since(1).or(''),
  groupInstanceId: string.nullableSince(7).since(7).or(null),
  retentionTimeMs: int64.between(2, 4).or(-1),
  topics: arrayOf({
    name: string,
    partitions: arrayOf({
      index: int32,
      committedOffset: int64,
      committedLeaderEpoch: int32.since(6).or(-1),
      committedMetadata: string.nullableSince(0).or(null),
    }),
  }),
};

export const offsetCommitResponse = {
  throttleTimeMs: int32.since(3).or(0),
  topics: arrayOf({ name: string, partitions: arrayOf({ index: int32, errorCode: int16 }) }),
};

/*
 * OffsetFetch => group_id [topic] require_stable | [group] require_stable (version 8 and later)
 *   group => group_id [topic]
 *   topic => name [partition_index]
 * Null topics ask for every offset of the group.
 */
const offsetFetchTopics = arrayOf({ name: string, partitionIndexes: listOfScalar(int32) });

export const offsetFetchRequest = {
  groupId: string.between(0, 7).or(''),
  topics: offsetFetchTopics.nullableSince(2).between(0, 7).or([]),
  groups: arrayOf({ groupId: string, topics: offsetFetchTopics.nullableSince(8) })
    .since(8)
    .or([]),
  requireStable: bool.since(7).or(false),
};

const fetchedOffsets = arrayOf({
  name: string,
  partitions: arrayOf({
    index: int32,
    committedOffset: int64,
    committedLeaderEpoch: int32.since(5).or(-1),
    metadata: string.nullableSince(0),
    errorCode: int16,
  }),
});

export const offsetFetchResponse = {
  throttleTimeMs: int32.since(3).or(0),
  topics: fetchedOffsets.between(0, 7).or([]),
  errorCode: int16.between(2, 7).or(0),
  groups: arrayOf({ groupId: string, topics: fetchedOffsets, errorCode: int16 }).since(8).or([]),
};

/* DescribeGroups => [group_id] include_authorized_operations */
export const describeGroupsRequest = {
  groups: listOfScalar(string),
  includeAuthorizedOperations: bool.since(3).or(false),
};

export const describeGroupsResponse = {
  throttleTimeMs: int32.since(1).or(0),
  groups: arrayOf({
    errorCode: int16,
    groupId: string,
    groupState: string,
    protocolType: string,
    protocolData: string,
    members: arrayOf({
      memberId: string,
      groupInstanceId: string.nullableSince(4).since(4).or(null),
      clientId: string,
      clientHost: string,
      memberMetadata: bytes,
      memberAssignment: bytes,
    }),
    authorizedOperations: int32.since(3).or(OPERATIONS_NOT_ASKED),
  }),
};

/* ListGroups => [state] */
export const listGroupsRequest = { statesFilter: listOfScalar(string).since(4).or([]) };

export const listGroupsResponse = {
  throttleTimeMs: int32.since(1).or(0),
  errorCode: int16,
  groups: arrayOf({ groupId: string, protocolType: string, groupState: string.since(4).or('') }),
};

/* DeleteGroups => [group_id] */
export const deleteGroupsRequest = { groupNames: listOfScalar(string) };

export const deleteGroupsResponse = {
  throttleTimeMs: int32.or(0),
  results: arrayOf({ groupId: string, errorCode: int16 }),
};
