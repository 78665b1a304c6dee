import type { CommittedOffsets } from '../groups/committed-offsets';
import type { GroupCoordinator } from '../groups/group-coordinator';
import type { Committer } from '../log/committer';
import type { BrokerIdentity } from '../topics/broker-identity';
import type { TopicCatalogue } from '../topics/topic-catalogue';
import type { FetchWaiters } from './fetch-waiters';

/** The id of the one node there is: leader of every partition, controller, and coordinator of every group. */
export const NODE_ID = 1;

/** What the handlers of all APIs share. */
export type BrokerState = {
  readonly catalogue: TopicCatalogue;
  readonly committer: Committer;
  readonly waiters: FetchWaiters;
  readonly coordinator: GroupCoordinator;
  readonly offsets: CommittedOffsets;
  readonly identity: BrokerIdentity;
  readonly autoCreateTopics: boolean;
  readonly defaultPartitions: number;
  /** Where clients are told to find this node; the host is undefined when it is the address that a client came by. */
  readonly advertised: { readonly host: string | undefined; port: number };
  readonly log: (line: string) => void;
};
