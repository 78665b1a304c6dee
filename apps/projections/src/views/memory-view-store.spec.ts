import { memoryViewStore } from './memory-view-store';
import { viewStoreContract } from './view-store.contract';

describe('the views in memory', () => {
  viewStoreContract(async () => memoryViewStore());
});
