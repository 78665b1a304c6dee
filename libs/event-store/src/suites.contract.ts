// The conformance suites, for whoever implements these ports elsewhere.
export { coordinationContract } from './coordination.contract';
export { eventStoreContract } from './event-store.contract';
