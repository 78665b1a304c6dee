// The suites that hold on the embedded broker and on Apache Kafka alike, run against the brokers in KAFKA_BROKERS;
// tools/kafka-oracle starts Apache Kafka and calls this. Further arguments go to Jest.
import { fileURLToPath } from 'node:url';
import { total } from './src/counts.mjs';
import { runJest } from './src/jest.mjs';
import { endSteps } from './src/step.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** Apache Kafka takes its time over the first topic and the first group. */
const TEST_TIMEOUT_MS = 60_000;

const say = (line) => process.stdout.write(`${line}\n`);

if (!process.env.KAFKA_BROKERS) throw new Error('KAFKA_BROKERS is not set; npm run test:kafka sets it');
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, endSteps);
const suites = [`--testTimeout=${TEST_TIMEOUT_MS}`, '--testPathPatterns=\\.kafka\\.int\\.spec\\.ts$'];
const outcome = await runJest(ROOT, [...suites, ...process.argv.slice(2)], say);
const { passed, failed } = total([outcome]);
if (failed > 0) say(outcome.output.trimEnd());
say(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
