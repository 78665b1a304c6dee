import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { KafkaOracleError } from './oracle-error';

const START_MS_MAX = 90_000;
const STOP_MS_MAX = 10_000;
const LINES_KEPT_MAX = 15;
const READY = 'Kafka Server started';

const run = promisify(execFile);

/** Runs a command that must not outlive its starter: when standard input ends, it is killed and its folder removed. */
const LEASH = `
const { spawn } = require('node:child_process');
const { rmSync } = require('node:fs');
const [folder, command, ...args] = process.argv.slice(1);
const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
const end = () => child.kill('SIGKILL');
process.stdin.resume().on('end', end).on('error', end);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);
child.on('error', (error) => { console.error(error.message); process.exitCode = 1; process.stdin.destroy(); });
child.on('exit', () => { rmSync(folder, { recursive: true, force: true }); process.exit(0); });
`;

const freePorts = async (): Promise<readonly [number, number]> => {
  const servers = [createServer(), createServer()] as const;
  const ports = [];
  for (const server of servers) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    ports.push((server.address() as AddressInfo).port);
  }
  for (const server of servers) server.close();
  return [ports[0]!, ports[1]!];
};

const propertiesFor = (folder: string, port: number, controllerPort: number): string =>
  [
    'process.roles=broker,controller',
    'node.id=1',
    `controller.quorum.voters=1@127.0.0.1:${controllerPort}`,
    `listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    `advertised.listeners=PLAINTEXT://127.0.0.1:${port}`,
    'controller.listener.names=CONTROLLER',
    'listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    `log.dirs=${join(folder, 'data')}`,
    'group.initial.rebalance.delay.ms=0',
    'offsets.topic.num.partitions=4',
    'offsets.topic.replication.factor=1',
    'transaction.state.log.num.partitions=4',
    'transaction.state.log.replication.factor=1',
    'transaction.state.log.min.isr=1',
  ].join('\n');

/** Resolves when the broker says that it has started; fails with its last lines when it ends or takes too long. */
const untilReady = (child: ChildProcess): Promise<void> =>
  new Promise((resolve, reject) => {
    const lines: string[] = [];
    const fail = (why: string): void => {
      clearTimeout(timer);
      reject(new KafkaOracleError('not-started', `Apache Kafka ${why}: ${lines.join(' | ')}`));
    };
    const timer = setTimeout(() => fail(`was not ready within ${START_MS_MAX} ms`), START_MS_MAX);
    child.once('exit', () => fail('ended while starting'));
    for (const stream of [child.stdout!, child.stderr!]) {
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line);
        if (lines.length > LINES_KEPT_MAX) lines.shift();
        if (!line.includes(READY)) return;
        clearTimeout(timer);
        resolve();
      });
    }
  });

export type KafkaProcess = { readonly port: number; stop(): Promise<void> };

/** Formats a new folder and runs one broker and controller in it. */
export const startKafkaProcess = async (classPath: string): Promise<KafkaProcess> => {
  const folder = await mkdtemp(join(tmpdir(), 'murmuration-kafka-'));
  const [port, controllerPort] = await freePorts();
  const properties = join(folder, 'server.properties');
  await writeFile(properties, propertiesFor(folder, port, controllerPort));
  const id = randomBytes(16).toString('base64url');
  try {
    await run('java', ['-cp', classPath, 'kafka.tools.StorageTool', 'format', '-t', id, '-c', properties], {
      timeout: START_MS_MAX,
    });
  } catch (cause) {
    await rm(folder, { recursive: true, force: true });
    throw new KafkaOracleError('not-started', `Apache Kafka could not format ${folder}: ${String(cause)}`, { cause });
  }
  const java = ['java', '-Xmx512m', '-cp', classPath, 'kafka.Kafka', properties];
  const child = spawn(process.execPath, ['-e', LEASH, folder, ...java], { stdio: ['pipe', 'pipe', 'pipe'] });
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.stdin.end();
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX);
    await exited;
    clearTimeout(timer);
  };
  try {
    await untilReady(child);
  } catch (error) {
    await stop();
    throw error;
  }
  return { port, stop };
};
