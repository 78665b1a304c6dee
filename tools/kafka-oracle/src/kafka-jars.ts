import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { KafkaOracleError } from './oracle-error';

const DOWNLOAD_MS_MAX = 300_000;
const PROBE_MS_MAX = 15_000;
const POM = 'tools/kafka-oracle/pom.xml';

const run = promisify(execFile);

export const canRun = async (command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<boolean> => {
  try {
    await run(command, args, { timeout: PROBE_MS_MAX, env });
    return true;
  } catch {
    // Not there or not working: either way the next way to a Kafka is tried.
    return false;
  }
};

const findPom = (from: string): string => {
  const path = join(from, POM);
  if (existsSync(path)) return path;
  if (dirname(from) === from)
    throw new KafkaOracleError('none-to-be-had', `${POM} not found: start within the checkout`);
  return findPom(dirname(from));
};

const versionIn = async (pom: string): Promise<string> => {
  const version = /<kafka\.version>(.*)<\/kafka\.version>/.exec(await readFile(pom, 'utf8'))?.[1];
  if (version === undefined) throw new KafkaOracleError('none-to-be-had', `${pom} names no kafka.version`);
  return version;
};

/** The class path of Apache Kafka's own jars, which Maven fetches once. */
export const kafkaJars = async (): Promise<{ readonly classPath: string; readonly version: string }> => {
  const pom = findPom(process.cwd());
  const version = await versionIn(pom);
  const root = join(homedir(), '.cache', 'murmuration');
  const directory = join(root, `kafka-${version}`);
  if (!existsSync(directory)) await download(pom, root, directory);
  const jars = (await readdir(directory)).filter((name) => name.endsWith('.jar'));
  if (jars.length === 0)
    throw new KafkaOracleError('none-to-be-had', `${directory} holds no jars: remove it, try again`);
  return { classPath: join(directory, '*'), version };
};

/** Into a folder beside first, so that a broken download never looks like a finished one. */
const download = async (pom: string, root: string, directory: string): Promise<void> => {
  await mkdir(root, { recursive: true });
  const draft = await mkdtemp(join(root, 'download-'));
  try {
    await run('mvn', ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${draft}`], {
      timeout: DOWNLOAD_MS_MAX,
    });
    if (!existsSync(directory)) await rename(draft, directory);
  } catch (cause) {
    throw new KafkaOracleError('none-to-be-had', `Maven could not fetch Apache Kafka: ${firstLine(cause)}`, { cause });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
};

const firstLine = (cause: unknown): string => {
  const { stdout = '', message = '' } = cause as { stdout?: string; message?: string };
  return (stdout.trim() || message).split('\n')[0] ?? '';
};
