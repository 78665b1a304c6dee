import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import type { FsyncMode } from './log/committer';

export type BrokerProcess = {
  readonly port: number;
  readonly address: string;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
  terminate(): Promise<void>;
};

export type BrokerProcesses = {
  start(options?: { readonly port?: number; readonly fsync?: FsyncMode }): Promise<BrokerProcess>;
  readonly dataDir: string;
  remove(): Promise<void>;
};

/** Brokers one after the other in processes of their own, over one data folder. */
export const brokerProcesses = async (): Promise<BrokerProcesses> => {
  const folder = await mkdtemp(join(tmpdir(), 'murmuration-broker-'));
  const script = join(folder, 'broker.mjs');
  await build({
    entryPoints: [join(__dirname, 'broker-child.fixture.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: script,
    logLevel: 'error',
  });
  const dataDir = join(folder, 'data');
  const children = new Set<ChildProcess>();

  const end = async (child: ChildProcess, signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
    children.delete(child);
  };

  return {
    dataDir,
    start: async ({ port = 0, fsync = 'none' } = {}) => {
      const child = spawn(process.execPath, [script, dataDir, String(port), fsync], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      children.add(child);
      const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
      return {
        port: Number(line),
        address: `127.0.0.1:${line}`,
        kill: () => end(child, 'SIGKILL'),
        terminate: () => end(child, 'SIGTERM'),
      };
    },
    remove: async () => {
      await Promise.all([...children].map((child) => end(child, 'SIGKILL')));
      await rm(folder, { recursive: true, force: true });
    },
  };
};
