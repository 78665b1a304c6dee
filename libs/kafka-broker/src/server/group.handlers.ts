import { ErrorCode } from '../protocol/error-code';
import { NO_ASSIGNMENT } from '../groups/member';
import { type BrokerState, NODE_ID } from './broker-state';
import { addressFor } from './cluster.handlers';
import type { Handlers } from './dispatch';

const GROUP_KEY = 0;
const TWO_STEP_SINCE = 4;
const MEMBERS_LIST_SINCE = 3;
const RETRY_LATER = ErrorCode.coordinatorNotAvailable;
const NO_TRANSACTIONS = 'transactions are not spoken here';

export const groupHandlers = (
  state: BrokerState,
): Pick<Handlers, 'findCoordinator' | 'joinGroup' | 'syncGroup' | 'heartbeat' | 'leaveGroup'> => {
  const { coordinator } = state;

  return {
    findCoordinator: ({ key, keyType, coordinatorKeys }, call) => {
      const node = { nodeId: NODE_ID, ...addressFor(state, call) };
      const found =
        keyType === GROUP_KEY
          ? { errorCode: ErrorCode.none, errorMessage: null, ...node }
          : { errorCode: ErrorCode.invalidRequest, errorMessage: NO_TRANSACTIONS, nodeId: -1, host: '', port: -1 };
      const keys = coordinatorKeys.length > 0 ? coordinatorKeys : [key];
      return { ...found, coordinators: keys.map((each) => ({ key: each, ...found })) };
    },

    joinGroup: (request, call) =>
      new Promise((resolve) => {
        const wish = {
          memberId: request.memberId,
          groupInstanceId: request.groupInstanceId,
          clientId: call.clientId,
          clientHost: `/${call.connection.clientHost}`,
          sessionTimeoutMs: request.sessionTimeoutMs,
          rebalanceTimeoutMs: request.rebalanceTimeoutMs < 0 ? request.sessionTimeoutMs : request.rebalanceTimeoutMs,
          protocolType: request.protocolType,
          protocols: request.protocols,
          isTwoStep: call.version >= TWO_STEP_SINCE,
        };
        const emptyName = call.version >= 7 ? null : '';
        coordinator.join(request.groupId, wish, (joined) =>
          resolve({ ...joined, protocolName: joined.protocolName ?? emptyName }),
        );
      }),

    syncGroup: (request) =>
      new Promise((resolve) => {
        coordinator.sync(request.groupId, request, resolve);
      }),

    heartbeat: (request) => ({ errorCode: coordinator.heartbeat(request.groupId, request) }),

    leaveGroup: ({ groupId, memberId, members }, { version }) => {
      if (version < MEMBERS_LIST_SINCE) {
        return { errorCode: coordinator.leave(groupId, { memberId, groupInstanceId: null }) };
      }
      return {
        errorCode: groupId === '' ? ErrorCode.invalidGroupId : ErrorCode.none,
        members: members.map((member) => ({
          memberId: member.memberId,
          groupInstanceId: member.groupInstanceId,
          errorCode: coordinator.leave(groupId, member),
        })),
      };
    },
  };
};

const STATE_NAMES = {
  empty: 'Empty',
  preparing: 'PreparingRebalance',
  completing: 'CompletingRebalance',
  stable: 'Stable',
} as const;

/** What operators' tools ask of groups. A group with offsets and no members is shown as empty. */
export const groupAdminHandlers = ({
  coordinator,
  offsets,
  committer,
}: BrokerState): Pick<Handlers, 'describeGroups' | 'listGroups' | 'deleteGroups'> => ({
  describeGroups: ({ groups }) => ({
    groups: groups.map((groupId) => {
      const group = coordinator.get(groupId);
      const isKnown = group !== undefined || offsets.groupIds().includes(groupId);
      return {
        errorCode: ErrorCode.none,
        groupId,
        groupState: isKnown ? STATE_NAMES[group?.state ?? 'empty'] : 'Dead',
        protocolType: group?.protocolType ?? '',
        protocolData: group?.protocolName ?? '',
        members: (group?.members ?? []).map((member) => ({
          memberId: member.memberId,
          groupInstanceId: member.groupInstanceId,
          clientId: member.clientId,
          clientHost: member.clientHost,
          memberMetadata: member.protocols.find(({ name }) => name === group?.protocolName)?.metadata ?? NO_ASSIGNMENT,
          memberAssignment: member.assignment,
        })),
      };
    }),
  }),

  listGroups: ({ statesFilter }) => {
    const live = coordinator.all().map((group) => ({
      groupId: group.groupId,
      protocolType: group.protocolType ?? '',
      groupState: STATE_NAMES[group.state],
    }));
    const resting = offsets
      .groupIds()
      .filter((groupId) => coordinator.get(groupId) === undefined)
      .map((groupId) => ({ groupId, protocolType: 'consumer', groupState: STATE_NAMES.empty }));
    const groups = [...live, ...resting].filter(
      ({ groupState }) => statesFilter.length === 0 || statesFilter.includes(groupState),
    );
    return { errorCode: ErrorCode.none, groups };
  },

  deleteGroups: ({ groupNames }) =>
    new Promise((resolve) => {
      const results = groupNames.map((groupId) => {
        const isLive = coordinator.get(groupId) !== undefined;
        const isKnown = offsets.groupIds().includes(groupId);
        if (isLive) return { groupId, errorCode: ErrorCode.nonEmptyGroup };
        if (!isKnown) return { groupId, errorCode: ErrorCode.groupIdNotFound };
        offsets.forgetGroup(groupId);
        committer.enlist(offsets.durable);
        return { groupId, errorCode: ErrorCode.none };
      });
      committer.whenCommitted((failed) => {
        const isFailed = failed.has(offsets.durable);
        const kept = results.map((each) =>
          isFailed && each.errorCode === 0 ? { ...each, errorCode: RETRY_LATER } : each,
        );
        resolve({ results: kept });
      });
    }),
});
