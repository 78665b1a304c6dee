// Starts a real Apache Kafka, runs a command with its address in KAFKA_BROKERS, ends it, and exits with the command's code.
//
//   node tools/kafka-oracle/run.mjs                      the suites that hold on the embedded broker and on Apache Kafka
//   node tools/kafka-oracle/run.mjs -- <command …>       any command
import { spawn } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
const CACHE = join(ROOT, 'node_modules/.cache');
const SUITES = [
  process.execPath,
  join(ROOT, 'node_modules/jest/bin/jest.js'),
  '--ci',
  '--maxWorkers=2',
  '--testTimeout=60000',
  '\\.kafka\\.int\\.spec\\.ts$',
];

const say = (line) => process.stderr.write(`kafka-oracle: ${line}\n`);

const loadOracle = async () => {
  mkdirSync(CACHE, { recursive: true });
  const outfile = join(CACHE, `kafka-oracle-${process.pid}.mjs`);
  await build({
    entryPoints: [join(ROOT, 'tools/kafka-oracle/src/apache-kafka.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    outfile,
    logLevel: 'warning',
  });
  try {
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(outfile, { force: true });
  }
};

const runCommand = ([command, ...args], brokers) =>
  new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: ROOT,
      stdio: 'inherit',
      env: { ...process.env, KAFKA_BROKERS: brokers.join(',') },
    });
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
    child.on('error', (error) => {
      say(`${command} cannot be run: ${error.message}`);
      resolve(1);
    });
    child.on('exit', (code) => resolve(code ?? 1));
  });

const main = async (args) => {
  const separator = args.indexOf('--');
  const given = separator === -1 ? [] : args.slice(separator + 1);
  if (separator === -1 ? args.length > 0 : separator > 0 || given.length === 0) {
    say('usage: run.mjs [-- <command …>]');
    return 1;
  }
  process.chdir(ROOT);
  const { startApacheKafka } = await loadOracle();
  const startedMs = performance.now();
  const kafka = await startApacheKafka();
  say(`Apache Kafka ${kafka.describe} (${((performance.now() - startedMs) / 1000).toFixed(1)} s)`);
  try {
    return await runCommand(given.length > 0 ? given : SUITES, kafka.brokers);
  } finally {
    await kafka.stop();
  }
};

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  say(error.message);
  process.exitCode = 1;
}
