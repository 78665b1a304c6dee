export { type Broker, type BrokerOptions, startBroker } from './broker';
export { KafkaBrokerError, type KafkaBrokerErrorCode } from './kafka-broker-error';
export type { FsyncMode } from './log/committer';
export { brokerForTests, type BrokerForTests } from './testing/broker-for-tests.fixture';
