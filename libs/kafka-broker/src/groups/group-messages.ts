import type { ErrorCode } from '../protocol/error-code';

/** A way of dividing the work that a member can follow, and what it has to say about itself in it. */
export type Protocol = { readonly name: string; readonly metadata: Buffer };

export type JoinWish = {
  /** Empty for a newcomer. */
  readonly memberId: string;
  readonly groupInstanceId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
  readonly protocolType: string;
  readonly protocols: readonly Protocol[];
  /** A newcomer is first told its id, and joins with it: a client that gives up leaves no ghost behind. */
  readonly isTwoStep: boolean;
};

export type Joined = {
  readonly errorCode: ErrorCode;
  readonly generationId: number;
  readonly protocolType: string | null;
  readonly protocolName: string | null;
  readonly leader: string;
  readonly memberId: string;
  /** Everyone's metadata for the leader, nothing for the others. */
  readonly members: readonly {
    readonly memberId: string;
    readonly groupInstanceId: string | null;
    readonly metadata: Buffer;
  }[];
};

/** A member of one generation, as it names itself in every request after joining. */
export type Identity = {
  readonly memberId: string;
  readonly groupInstanceId: string | null;
  readonly generationId: number;
};

export type SyncWish = Identity & {
  readonly protocolType: string | null;
  readonly protocolName: string | null;
  readonly assignments: readonly { readonly memberId: string; readonly assignment: Buffer }[];
};

export type Synced = {
  readonly errorCode: ErrorCode;
  readonly protocolType: string | null;
  readonly protocolName: string | null;
  readonly assignment: Buffer;
};

export type Reply<Result> = (result: Result) => void;
