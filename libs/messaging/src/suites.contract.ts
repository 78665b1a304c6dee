// The conformance suites, for whoever implements these ports elsewhere.
export { inboxContract } from './inbox.contract';
export { outboxContract } from './outbox.contract';
