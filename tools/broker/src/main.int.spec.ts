import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';

describe('the broker command', () => {
  let folder: string;
  let script: string;
  const children: ChildProcessWithoutNullStreams[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'murmuration-broker-cli-'));
    script = join(folder, 'main.js');
    await build({
      entryPoints: [join(__dirname, 'main.ts')],
      bundle: true,
      platform: 'node',
      format: 'cjs',
      outfile: script,
      logLevel: 'error',
    });
  });
  afterEach(async () => {
    for (const child of children.splice(0)) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    }
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const run = (args: readonly string[], env: Record<string, string> = {}) => {
    const child = spawn(process.execPath, [script, ...args], { env: { ...process.env, ...env } });
    children.push(child);
    let [out, err] = ['', ''];
    const ready = new Promise<number>((resolve) => {
      child.stdout.on('data', (bytes: Buffer) => {
        out += bytes.toString();
        const port = /ready on 127\.0\.0\.1:(\d+)/.exec(out)?.[1];
        if (port !== undefined) resolve(Number(port));
      });
    });
    child.stderr.on('data', (bytes: Buffer) => {
      err += bytes.toString();
    });
    const ended = once(child, 'close').then(([code]) => ({ code: code as number, out, err }));
    return { child, ready, ended };
  };

  const data = (name: string) => join(folder, name);

  it('says in one line when it is ready, and ends with 0 on SIGTERM', async () => {
    const { child, ready, ended } = run(['--port', '0', '--data', data('a')]);
    const socket = connect(await ready, '127.0.0.1');
    await once(socket, 'connect');
    child.kill('SIGTERM');
    const { code, out, err } = await ended;
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out.split('\n')).toHaveLength(3);
    socket.destroy();
  });

  it('ends when its parent is gone, when told to watch for that', async () => {
    const { child, ready, ended } = run(['--port', '0', '--data', data('b')], { MURMURATION_PARENT_WATCH: 'stdin' });
    await ready;
    child.stdin.end();
    expect((await ended).code).toBe(0);
  });

  it.each([
    ['an unknown option', ['--data', 'x', '--prot', '1'], /unknown option '--prot'/],
    ['no folder', ['--port', '0'], /'--data <folder>' not specified/],
    ['an impossible port', ['--data', 'x', '--port', '70000'], /from 0 to 65535/],
    ['an unknown fsync mode', ['--data', 'x', '--fsync', 'often'], /Allowed choices are none, group/],
    ['no partitions', ['--data', 'x', '--partitions', '0'], /from 1 to 1000/],
    ['something too much', ['--data', 'x', 'more'], /too many arguments/],
    [
      'an address of another machine',
      ['--data', 'x', '--port', '0', '--host', '192.0.2.1'],
      /192\.0\.2\.1:0 cannot be listened on/,
    ],
  ])('refuses %s with one line and code 1', async (_, args, message) => {
    const { code, err } = await run(args.map((arg) => (arg === 'x' ? data('c') : arg))).ended;
    expect(code).toBe(1);
    expect(err).toMatch(message);
    expect(err.trim().split('\n')).toHaveLength(1);
  });

  it('refuses a port and a folder in use, and a folder that is none, with one line and code 1', async () => {
    const { ready } = run(['--port', '0', '--data', data('d')]);
    const port = String(await ready);
    await writeFile(data('file'), '');
    const refused = await Promise.all(
      [
        ['--port', port, '--data', data('e')],
        ['--port', '0', '--data', data('d')],
        ['--port', '0', '--data', data('file')],
      ].map((args) => run(args).ended),
    );
    expect(refused.map(({ code }) => code)).toEqual([1, 1, 1]);
    expect(refused.map(({ err }) => err.trim().split('\n').length)).toEqual([1, 1, 1]);
    expect(refused.map(({ err }) => err)).toEqual([
      expect.stringContaining(`127.0.0.1:${port} is in use`),
      expect.stringContaining('is used by another broker, process'),
      expect.stringContaining('cannot be used'),
    ]);
  });
});
