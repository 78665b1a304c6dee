import { claimsContract } from './contract/claims.contract';
import { commitsContract } from './contract/commits.contract';
import type { InboxUnderTest } from './contract/inbox.fixture';
import { parkedContract } from './contract/parked.contract';

export type { InboxUnderTest } from './contract/inbox.fixture';

export const inboxContract = (make: () => Promise<InboxUnderTest>): void => {
  claimsContract(make);
  commitsContract(make);
  parkedContract(make);
};
