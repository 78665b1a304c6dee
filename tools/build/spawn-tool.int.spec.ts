import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { eventually } from '@murmuration/testing';

/** Says its pid and each signal it gets; ends 300 ms after the first one, with the code 7. */
const TOOL = `
  const busy = setInterval(() => undefined, 1000);
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {
    process.stdout.write('got ' + signal + '\\n');
    setTimeout(() => process.exit(7), 300);
  });
  process.stdout.write('up ' + process.pid + '\\n');
`;

describe('a tool that is run for an npm script', () => {
  const folder = mkdtempSync(join(tmpdir(), 'spawn-tool-'));
  const runners: ChildProcess[] = [];
  const toolPids: number[] = [];

  afterAll(() => {
    for (const runner of runners) runner.kill('SIGKILL');
    for (const pid of toolPids) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
    rmSync(folder, { recursive: true });
  });

  const start = async (tool: string, env: NodeJS.ProcessEnv = {}) => {
    const script = join(folder, `tool-${runners.length}.cjs`);
    writeFileSync(script, tool);
    const spawnTool = JSON.stringify(pathToFileURL(join(__dirname, 'spawn-tool.mjs')).href);
    const code = `const { spawnTool } = await import(${spawnTool}); process.exitCode = await spawnTool({ script: ${JSON.stringify(script)} });`;
    const runner = spawn(process.execPath, ['--input-type=module', '-e', code], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, npm_lifecycle_event: undefined, ...env },
      detached: true,
    });
    runners.push(runner);
    let output = '';
    runner.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    const ended = once(runner, 'close').then(([exitCode]) => exitCode as number | null);
    return { runner, ended, output: () => output };
  };

  const startLasting = async () => {
    const started = await start(TOOL);
    const toolPid = await eventually(() => Number(/^up (\d+)$/m.exec(started.output())?.[1]));
    toolPids.push(toolPid);
    return { ...started, toolPid };
  };

  it('passes its exit code on', async () => {
    const { ended } = await start('process.exit(3);');
    await expect(ended).resolves.toBe(3);
  });

  it('passes the signal that ended it on as 128 + its number', async () => {
    const { ended } = await start("process.kill(process.pid, 'SIGKILL');");
    await expect(ended).resolves.toBe(137);
  });

  it('gets a signal to its runner, and decides itself when and how to end', async () => {
    const { runner, ended, output } = await startLasting();
    runner.kill('SIGTERM');
    await expect(ended).resolves.toBe(7);
    expect(output().match(/^got .*$/gm)).toEqual(['got SIGTERM']);
  });

  it('gets a Ctrl-C once, though the terminal tells the whole group and npm tells its child again', async () => {
    const { runner, ended, output } = await startLasting();
    process.kill(-runner.pid!, 'SIGINT');
    await eventually(() => output().includes('got SIGINT'));
    runner.kill('SIGINT');
    await expect(ended).resolves.toBe(7);
    expect(output().match(/^got .*$/gm)).toEqual(['got SIGINT']);
  });

  it('gets a SIGTERM when its runner is killed with SIGKILL', async () => {
    const { runner, output, toolPid } = await startLasting();
    runner.kill('SIGKILL');
    await eventually(() => !isAlive(toolPid), { expectation: 'the tool to end' });
    expect(output()).toContain('got SIGTERM');
  });

  it('hides the pipe of its parent from its own children', async () => {
    const { ended, output } = await start("process.stdout.write('fd ' + process.env.MURMURATION_PARENT_FD + '\\n');");
    await expect(ended).resolves.toBe(0);
    expect(output()).toBe('fd undefined\n');
  });
});

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};
