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
    if (!/^\d+$/.test(text) || value < least || value > most)
      throw new InvalidArgumentError(`a whole number from ${least} to ${most} is needed.`);
    return value;
  };

type Options = {
  readonly fresh: boolean;
  readonly data: string;
  readonly portOffset: number;
  readonly freePorts: boolean;
  readonly replicas: number;
  readonly kafka?: string;
};

const startedAt = Date.now();
const say = (line: string): void =>
  void process.stdout.write(`${pc.dim(`${((Date.now() - startedAt) / 1000).toFixed(1).padStart(5)} s`)}  ${line}\n`);

const row = (name: string, where: string, note = ''): string =>
  `  ${name.padEnd(12)} ${where}   ${pc.dim(note)}`.trimEnd();

const serviceRows = (name: string, [first = '', ...others]: readonly string[]): readonly string[] => [
  row(name, `${first}/v1`, `API: ${first}/docs   health: ${first}/health/ready`),
  ...others.map((url) => row('', `${url}/v1`, 'another process of the same service')),
];

const table = ({ urls, brokers }: Stack, dataDir: string): string =>
  [
    '',
    pc.bold('  The flock is flying.'),
    '',
    ...SERVICES.flatMap(({ name }) => serviceRows(name, urls[name])),
    row('broker', brokers, 'Kafka wire protocol'),
    row('data, logs', dataDir),
    '',
    `  ${pc.dim('Everything listens on 127.0.0.1 and asks for no credentials. Ctrl-C stops it; the data stays.')}`,
    '',
    '',
  ].join('\n');

const readOptions = (): Options =>
  new Command('npm start --')
    .description('Starts PostgreSQL, the broker and the five services on this machine, and keeps them running.')
    .option('--fresh', 'begin anew: forget the data of earlier runs', false)
    .option('--data <dir>', 'the folder for data and logs', '.murmuration')
    .option('--port-offset <n>', 'added to every fixed port', integer(0, 50_000), 0)
    .option('--free-ports', 'take any free ports instead of the fixed ones', false)
    .option('--kafka <brokers>', 'a Kafka of your own, as host:port,…, instead of the embedded broker')
    .option('--replicas <n>', 'processes of each service', integer(1, 4), 1)
    .allowExcessArguments(false)
    .parse()
    .opts<Options>();

const main = async (): Promise<void> => {
  const { data, fresh, freePorts, portOffset, replicas, kafka } = readOptions();
  const dataDir = resolve(data);
  const starting = new AbortController();
  let stack: Stack | undefined;
  let isEnding = false;

  const end = (code: number): void => {
    isEnding = true;
    starting.abort();
    // A start that was cut short ends what it had started before it rejects.
    if (stack === undefined) return;
    stack.stop().then(
      () => process.exit(code),
      (error: unknown) => {
        process.stderr.write(`${pc.red('error')}: not stopped in order: ${String(error)}\n`);
        process.exit(1);
      },
    );
  };
  const complain = (error: unknown): void => {
    const told = error instanceof StackError ? error.message : error instanceof Error ? error.stack : String(error);
    process.stderr.write(`${pc.red('error')}: ${told}\n`);
  };
  let code = 0;
  const failed = (error: StackError): void => {
    if (isEnding) return;
    complain(error);
    code = 1;
    end(code);
  };
  const interrupted = (signal: string) => (): void => {
    if (isEnding) return;
    say(`${signal}: stopping the services, then the broker, then PostgreSQL`);
    process.once('exit', (exitCode) => exitCode === 0 && say('all of it has stopped'));
    end(0);
  };
  process.on('SIGINT', interrupted('Ctrl-C'));
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupted(signal));

  try {
    stack = await startStack({
      ...{ dataDir, fresh, replicas, say, failed, root: resolve('.'), signal: starting.signal },
      ports: freePorts ? 'free' : { offset: portOffset },
      ...(kafka === undefined ? {} : { brokers: kafka }),
    });
    if (isEnding) end(code);
    else process.stdout.write(table(stack, dataDir));
  } catch (error) {
    if (isEnding) process.exit(code);
    complain(error);
    process.exit(1);
  }
};

void main();
