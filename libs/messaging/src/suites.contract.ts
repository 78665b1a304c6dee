// The conformance suites, for whoever implements these ports elsewhere.
export { inboxContract } from './inbox.contract';
export { LOG_PARTITIONS, logContract } from './log.contract';
export { outboxContract } from './outbox.contract';
