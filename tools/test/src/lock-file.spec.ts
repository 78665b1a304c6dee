import { flawsOfLock } from './lock-file.mjs';

const wanting = (...names: string[]) => ({
  optionalDependencies: Object.fromEntries(names.map((name) => [name, '1.0.0'])),
});

describe('the check of the lock file', () => {
  it('passes a lock in which every optional package is locked', () => {
    const packages = {
      '': wanting('@server/linux'),
      'node_modules/@server/linux': {},
      'node_modules/bundler': wanting('@bundler/linux', '@bundler/darwin'),
      'node_modules/@bundler/linux': {},
      'node_modules/bundler/node_modules/@bundler/darwin': {},
    };
    expect(flawsOfLock({ packages })).toEqual([]);
  });

  it('names a platform package that was dropped, and who wants it', () => {
    const packages = {
      '': wanting('@server/darwin'),
      'node_modules/tool': {},
      'node_modules/tool/node_modules/bundler': wanting('@bundler/linux'),
    };
    expect(flawsOfLock({ packages })).toEqual([
      'package.json wants @server/darwin, which is not in the lock',
      'node_modules/tool/node_modules/bundler wants @bundler/linux, which is not in the lock',
    ]);
  });

  it('finds a package in any folder above the one that wants it, and in no other', () => {
    const bundler = { 'node_modules/a/node_modules/b/node_modules/bundler': wanting('native') };
    expect(flawsOfLock({ packages: { ...bundler, 'node_modules/a/node_modules/native': {} } })).toEqual([]);
    expect(flawsOfLock({ packages: { ...bundler, 'node_modules/c/node_modules/native': {} } })).toHaveLength(1);
  });

  it('refuses a lock that names the hosts of its downloads', () => {
    const packages = { 'node_modules/a': { resolved: 'https://registry.example/a.tgz' } };
    expect(flawsOfLock({ packages })).toEqual(['node_modules/a names the host it was downloaded from']);
  });
});
