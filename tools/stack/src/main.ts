import { resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import pc from 'picocolors';
import { SERVICES } from './services';
import { startStack, type Stack } from './stack';
import { StackError } from './stack-error';

const integer =
  (least: number, most: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < least || value > most)
      throw new InvalidArgumentError(`a whole number from ${least} to ${most} is needed.`);
    return value;
  };

type Options = {
  readonly fresh: boolean;
  readonly data: string;
  readonly portOffset: number;
  readonly freePorts: boolean;
  readonly replicas: number;
};

const startedAt = Date.now();
const say = (line: string): void =>
  void process.stdout.write(`${pc.dim(`${((Date.now() - startedAt) / 1000).toFixed(1).padStart(5)} s`)}  ${line}\n`);

const table = ({ urls, brokers }: Stack, dataDir: string): string =>
  [
    '',
    pc.bold('  The flock is flying.'),
    '',
    ...SERVICES.map(
      ({ name }) =>
        `  ${name.padEnd(12)} ${urls[name][0]}/v1   ${pc.dim(`API: ${urls[name][0]}/docs   health: ${urls[name][0]}/health/ready`)}`,
    ),
    `  ${'broker'.padEnd(12)} ${brokers}   ${pc.dim('Kafka wire protocol')}`,
    `  ${'data, logs'.padEnd(12)} ${dataDir}`,
    '',
    `  ${pc.dim('Everything listens on 127.0.0.1 and asks for no credentials. Ctrl-C stops it; the data stays.')}`,
    '',
  ].join('\n');

const main = async (): Promise<void> => {
  const program = new Command('npm start --')
    .description('Starts PostgreSQL, the broker and the five services on this machine, and keeps them running.')
    .option('--fresh', 'begin anew: forget the data of earlier runs', false)
    .option('--data <dir>', 'the folder for data and logs', '.murmuration')
    .option('--port-offset <n>', 'added to every fixed port', integer(0, 50_000), 0)
    .option('--free-ports', 'take any free ports instead of the fixed ones', false)
    .option('--replicas <n>', 'processes of each service', integer(1, 4), 1)
    .allowExcessArguments(false)
    .parse();
  const options = program.opts<Options>();
  const dataDir = resolve(options.data);

  let stack: Stack | undefined;
  let ending: Promise<void> | undefined;
  const end = (code: number): void => {
    ending ??= (async () => {
      await stack?.stop();
      process.exit(code);
    })();
  };
  const fail = (error: unknown): void => {
    process.stderr.write(
      `${pc.red('error')}: ${error instanceof StackError ? error.message : String(error instanceof Error ? error.stack : error)}\n`,
    );
    end(1);
  };
  const interrupted = (signal: string) => () => {
    if (ending !== undefined) return;
    say(`${signal}: stopping the services, then the broker, then PostgreSQL`);
    if (stack === undefined) stopEarly = true;
    else end(0);
  };
  let stopEarly = false;
  process.on('SIGINT', interrupted('Ctrl-C'));
  process.on('SIGTERM', interrupted('SIGTERM'));

  try {
    stack = await startStack({
      dataDir,
      root: resolve('.'),
      fresh: options.fresh,
      ports: options.freePorts ? 'free' : { offset: options.portOffset },
      replicas: options.replicas,
      say,
      failed: fail,
    });
    if (stopEarly) end(0);
    else process.stdout.write(table(stack, dataDir));
  } catch (error) {
    fail(error);
  }
};

void main();
