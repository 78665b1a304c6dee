import { type Broker, KafkaBrokerError, startBroker } from '@murmuration/kafka-broker';
import { readOptions } from './options';

const say = (line: string): void => {
  process.stdout.write(`broker: ${line}\n`);
};

const fail = (line: string): never => {
  process.stderr.write(`broker: ${line}\n`);
  process.exit(1);
};

/** Stops in order on the first wish to end. A second one ends at once. */
const stopWhenAsked = (broker: Broker): void => {
  let isStopping = false;
  const stop = (why: string): void => {
    if (isStopping) process.exit(1);
    isStopping = true;
    say(`stopping (${why})`);
    broker.stop().then(
      () => process.exit(0),
      (error: unknown) => fail(`not stopped in order: ${String(error)}`),
    );
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => stop(signal));
  if (process.env['MURMURATION_PARENT_WATCH'] === 'stdin') {
    // The other end of standard input is the parent's: when it closes, the parent is gone.
    process.stdin.resume();
    process.stdin.once('close', () => {
      if (!isStopping) stop('parent gone');
    });
  }
};

const main = async (): Promise<void> => {
  const { host, port, data, fsync, partitions } = readOptions(process.argv.slice(2), fail);
  const startedMs = performance.now();
  const broker = await startBroker({ host, port, dataDir: data, fsync, defaultPartitions: partitions, log: say });
  stopWhenAsked(broker);
  const tookMs = Math.round(performance.now() - startedMs);
  say(`ready on ${broker.address.host}:${broker.address.port}, data in ${data}, fsync ${fsync} (${tookMs} ms)`);
};

main().catch((error: unknown) => {
  fail(error instanceof KafkaBrokerError ? error.message : `stopped by a bug: ${String(error)}`);
});
