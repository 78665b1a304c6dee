import { Command, InvalidArgumentError, Option } from 'commander';
import type { FsyncMode } from '@murmuration/kafka-broker';

const PORT_MAX = 65_535;
const PARTITIONS_MAX = 1000;

export type CliOptions = {
  readonly host: string;
  readonly port: number;
  readonly data: string;
  readonly fsync: FsyncMode;
  readonly partitions: number;
};

const integerWithin =
  (from: number, to: number) =>
  (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= from && value <= to) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${from} to ${to}.`);
  };

/** Reads the command line. `fail` hears one line about what is wrong with it, and does not come back. */
export const readOptions = (args: readonly string[], fail: (line: string) => never): CliOptions =>
  new Command('broker')
    .description('A broker that speaks the Kafka protocol, for one machine.')
    .addOption(
      new Option('--port <port>', 'port to listen on, 0 for a free one')
        .default(9092)
        .argParser(integerWithin(0, PORT_MAX)),
    )
    .addOption(new Option('--host <host>', 'address to listen on').default('127.0.0.1'))
    .addOption(new Option('--data <folder>', 'where topics and offsets are kept').makeOptionMandatory())
    .addOption(
      new Option('--fsync <mode>', 'none: acknowledged records survive a kill; group: a power cut as well')
        .choices(['none', 'group'])
        .default('none'),
    )
    .addOption(
      new Option('--partitions <count>', 'partitions of topics created by being asked for')
        .default(1)
        .argParser(integerWithin(1, PARTITIONS_MAX)),
    )
    .allowExcessArguments(false)
    .configureOutput({
      outputError: (text) =>
        fail(
          text
            .trim()
            .replace(/^error: /, '')
            .replaceAll('\n', ' '),
        ),
    })
    .parse(args, { from: 'user' })
    .opts<CliOptions>();
