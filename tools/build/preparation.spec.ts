import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { isFresh, markFresh, sourceHash } from './freshness.mjs';
import { alone } from './lock.mjs';
import { ensurePackages } from './packages.mjs';

const folders: string[] = [];

const checkout = (files: Readonly<Record<string, string>> = {}): string => {
  const root = mkdtempSync(join(tmpdir(), 'preparation-'));
  folders.push(root);
  const all = { 'package-lock.json': lock({ a: '1.0.0' }), 'tsconfig.base.json': '{}', ...files };
  for (const [path, text] of Object.entries(all)) put(root, path, text);
  for (const host of ['apps', 'libs', 'tools']) mkdirSync(join(root, host), { recursive: true });
  return root;
};

const put = (root: string, path: string, text: string): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};

const lock = (versions: Readonly<Record<string, string>>): string =>
  JSON.stringify({
    packages: Object.fromEntries([
      ['', {}],
      ...Object.entries(versions).map(([name, version]) => [
        `node_modules/${name}`,
        { version, ...(name.startsWith('optional') ? { optional: true } : {}) },
      ]),
    ]),
  });

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

describe('the packages', () => {
  const ensure = async (root: string, exitCode = 0) => {
    let installs = 0;
    const code = await ensurePackages(
      root,
      () => undefined,
      () => {
        installs++;
        if (exitCode === 0) put(root, 'node_modules/.package-lock.json', lock({ a: '1.0.0' }));
        return Promise.resolve(exitCode);
      },
    );
    return { code, installs };
  };

  it('are installed on a fresh clone, and only once', async () => {
    const root = checkout();
    await expect(ensure(root)).resolves.toEqual({ code: 0, installs: 1 });
    await expect(ensure(root)).resolves.toEqual({ code: 0, installs: 0 });
  });

  it('are installed again when the lock changed', async () => {
    const root = checkout();
    await ensure(root);
    put(root, 'package-lock.json', lock({ a: '1.0.1' }));
    await expect(ensure(root)).resolves.toEqual({ code: 0, installs: 1 });
  });

  it('are taken as they are when npm install has brought what the lock says, less those of other platforms', async () => {
    const root = checkout({
      'package-lock.json': lock({ a: '1.0.0', 'optional-elsewhere': '2.0.0' }),
      'node_modules/.package-lock.json': lock({ a: '1.0.0' }),
    });
    await expect(ensure(root)).resolves.toEqual({ code: 0, installs: 0 });
  });

  it('count as missing after an installation that failed', async () => {
    const root = checkout();
    await expect(ensure(root, 1)).resolves.toEqual({ code: 1, installs: 1 });
    await expect(ensure(root)).resolves.toEqual({ code: 0, installs: 1 });
  });
});

describe('a build', () => {
  const source = 'libs/kernel/src/money.ts';
  const built = () => {
    const root = checkout({ [source]: 'export const one = 1;' });
    const path = join(root, source);
    utimesSync(path, 1, 1);
    markFresh(root, sourceHash(root));
    return { root, path };
  };

  it('is fresh until a source changes', () => {
    const { root, path } = built();
    expect(isFresh(root, sourceHash(root))).toBe(true);
    utimesSync(path, 2, 2);
    expect(isFresh(root, sourceHash(root))).toBe(false);
  });

  it('is stale after a new file and after a new lock', () => {
    const { root } = built();
    put(root, 'apps/orders/src/main.ts', '');
    expect(isFresh(root, sourceHash(root))).toBe(false);
    markFresh(root, sourceHash(root));
    put(root, 'package-lock.json', lock({ a: '1.2.3' }));
    expect(isFresh(root, sourceHash(root))).toBe(false);
  });

  it('does not mind tests', () => {
    const { root } = built();
    put(root, 'libs/kernel/src/money.spec.ts', '');
    put(root, 'libs/kernel/src/money.contract.ts', '');
    expect(isFresh(root, sourceHash(root))).toBe(true);
  });
});

describe('work on one checkout', () => {
  it('is done by one process at a time', async () => {
    const root = checkout();
    let inside = 0;
    let most = 0;
    const work = async () => {
      most = Math.max(most, ++inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside--;
    };
    await Promise.all([alone(root, work), alone(root, work), alone(root, work)]);
    expect(most).toBe(1);
  });

  it('goes on after the one before failed', async () => {
    const root = checkout();
    await expect(alone(root, () => Promise.reject(new Error('no disk')))).rejects.toThrow('no disk');
    await expect(alone(root, () => Promise.resolve('done'))).resolves.toBe('done');
  });
});
