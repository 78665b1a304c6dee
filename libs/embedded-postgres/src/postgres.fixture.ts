import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { buildSync } from 'esbuild';
import { Client } from 'pg';
import { SHARED_FOLDER } from './folders';
import { processEntry } from './process-table';

const PATIENCE_MS = 20_000;
const POLL_MS = 20;
const NODE_MODULES = join(__dirname, '../../../node_modules');

export const temporaryFolder = (): string => mkdtempSync(join(SHARED_FOLDER, 'murmuration-postgres-spec-'));

export const query = async (url: string, sql: string): Promise<readonly Record<string, unknown>[]> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
};

export const until = async (what: string, condition: () => boolean): Promise<void> => {
  const untilMs = Date.now() + PATIENCE_MS;
  while (!condition()) {
    if (Date.now() > untilMs) throw new Error(`waited in vain until ${what}`);
    await pause(POLL_MS);
  }
};

export const hasEnded = (pid: number): boolean => processEntry(pid) === undefined;

/** The shells that watch the server on a folder. */
export const watchersOf = (folder: string): readonly number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => processEntry(Number(name)))
    .filter((entry) => entry !== undefined && entry.command.startsWith('/bin/sh') && entry.command.includes(folder))
    .map((entry) => entry!.pid);

export type Parent = { readonly process: ChildProcess; readonly port: number; readonly serverPid: number };

/** Another process that starts a server on the folder and then only waits. */
export const parentOf = async (dataDir: string, port = 0): Promise<Parent> => {
  const bundle = join(dataDir, 'parent.cjs');
  buildSync({
    stdin: {
      contents: `import { startPostgres } from './postgres';
        startPostgres({ dataDir: ${JSON.stringify(dataDir)}, port: ${port} }).then(
          ({ port, pid }) => console.log(JSON.stringify({ port, serverPid: pid })),
          (error) => { console.log(JSON.stringify({ error: String(error) })); process.exitCode = 1; });`,
      resolveDir: __dirname,
      loader: 'ts',
    },
    ...{ bundle: true, platform: 'node', format: 'cjs', external: ['pg'], outfile: bundle },
    alias: { '@murmuration/kernel': join(__dirname, '../../kernel/src/index.ts') },
  });
  const child = spawn(process.execPath, [bundle], {
    env: { ...process.env, NODE_PATH: NODE_MODULES },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const line = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).once('line', resolve);
    child.once('exit', (code) => reject(new Error(`the parent ended with ${code}`)));
  });
  const said = JSON.parse(line) as { readonly port: number; readonly serverPid: number; readonly error?: string };
  if (said.error) throw new Error(said.error);
  return { process: child, port: said.port, serverPid: said.serverPid };
};

export const killed = async ({ process: child }: Parent): Promise<void> => {
  child.kill('SIGKILL');
  if (child.exitCode === null && child.signalCode === null) await new Promise((resolve) => child.once('exit', resolve));
};

export const clusterPid = (folder: string): number =>
  Number(readFileSync(join(folder, 'cluster', 'postmaster.pid'), 'utf8').split('\n')[0]);
