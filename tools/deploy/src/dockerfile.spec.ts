import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { instructionsOf, reachesBuilder, stagesOf, type Instruction } from './dockerfile';
import { ROOT, textOf } from './repository.fixture';
import { SERVICES, probeAgainst } from './service-code.fixture';

const TEXT = textOf('docker/Dockerfile');
const IGNORED = textOf('.dockerignore');
const instructions = instructionsOf(TEXT);
const stages = stagesOf(instructions);
const image = stages.at(-1);

const named = (all: readonly Instruction[] | undefined, name: string): readonly string[] =>
  (all ?? []).filter((instruction) => instruction.name === name).map(({ rest }) => rest);
const execForm = (rest: string): readonly string[] => JSON.parse(rest.slice(rest.indexOf('['))) as readonly string[];

describe('the Dockerfile', () => {
  it('needs no other front end: no syntax line, no linked copies, no here-documents', () => {
    expect(TEXT).not.toMatch(/^#\s*(syntax|escape|check)\s*=/im);
    expect(TEXT).not.toMatch(/--link\b|<</);
  });

  it('builds each stage on the one image that can be chosen, named shortly, or on a stage before', () => {
    const [first] = instructions;
    const [, major] = /^NODE_IMAGE=node:(\d+)-slim$/.exec(first?.rest ?? '') ?? [];
    expect(Number(major)).toBeGreaterThanOrEqual(22);
    stages.forEach(({ from }, index) =>
      expect(['${NODE_IMAGE}', ...stages.slice(0, index).map(({ name }) => name)]).toContain(from),
    );
  });

  it('runs as a user with a number that is not root', () => {
    const [user, ...more] = named(image?.instructions, 'USER');
    expect(more).toEqual([]);
    expect(user).toMatch(/^[1-9]\d*:[1-9]\d*$/);
  });

  it('starts the bundle without a shell, so that signals reach it', () => {
    const [entry = ''] = named(image?.instructions, 'ENTRYPOINT');
    expect(execForm(entry)).toEqual(['node', '--enable-source-maps', 'service/main.js']);
    expect(named(image?.instructions, 'CMD')).toEqual([]);
  });

  it('runs nothing in the image itself, and owns nothing there that the user could change', () => {
    expect(named(image?.instructions, 'RUN')).toEqual([]);
    expect(named(image?.instructions, 'VOLUME')).toEqual([]);
    expect(named(image?.instructions, 'COPY').join()).not.toContain('--chown');
  });

  it('asks node for its health: well when the service says so, not well when it does not answer or refuses', async () => {
    const [check = ''] = named(image?.instructions, 'HEALTHCHECK');
    const command = execForm(check);
    expect(command.slice(0, 2)).toEqual(['node', '-e']);
    expect(await probeAgainst(command, { status: 200, body: {} })).toEqual({ code: 0, path: '/health/ready' });
    expect(await probeAgainst(command, { status: 503, body: {} })).toMatchObject({ code: 1 });
  });

  it('copies only what is there and what reaches the builder', () => {
    const sources = stages
      .flatMap((stage) => named(stage.instructions, 'COPY'))
      .filter((rest) => !rest.includes('--from='))
      .flatMap((rest) => rest.split(/\s+/).slice(0, -1));
    expect(sources).toContain('package-lock.json');
    for (const source of sources)
      expect({ source, there: existsSync(join(ROOT, source)), reaches: reachesBuilder(source, IGNORED) }).toEqual({
        source,
        there: true,
        reaches: true,
      });
  });

  it('copies from stages that are there', () => {
    for (const [, name] of TEXT.matchAll(/--from=(\S+)/g)) expect(stages.map((stage) => stage.name)).toContain(name);
  });

  it('takes certificates as a secret and leaves no trace of them, nor of any other secret', () => {
    const installs = stages
      .flatMap((stage) => named(stage.instructions, 'RUN'))
      .filter((rest) => rest.includes('npm ci'));
    expect(installs).toHaveLength(2);
    for (const install of installs) expect(install).toContain('--mount=type=secret,id=ca ');
    const kept = instructions.filter(({ name }) => name === 'ENV' || name === 'ARG').map(({ rest }) => rest);
    expect(kept.join('\n')).not.toMatch(/CERT|TOKEN|PASSWORD|SECRET|NPM_/i);
  });

  it('installs what the lock file says, and into the image neither build tools nor optional packages', () => {
    const install = stages.find(({ name }) => name === 'packages')?.instructions ?? [];
    expect(named(install, 'RUN').join()).toContain('npm ci --omit=dev --omit=optional --ignore-scripts');
    expect(TEXT).not.toMatch(/npm (install|i) |apt|curl|wget/);
  });

  it('builds every service by the build of this repository', () => {
    expect(TEXT).toContain('node tools/build/build.mjs "${PROJECT}" && mv "dist/${PROJECT}" /service');
    for (const service of SERVICES) expect(existsSync(join(ROOT, `apps/${service}/src/main.ts`))).toBe(true);
  });
});

describe('.dockerignore', () => {
  it.each([
    'node_modules/pg/index.js',
    'libs/kernel/node_modules/x',
    '.git/HEAD',
    '.murmuration/x',
    'docker/.env',
    'dist/a',
  ])('keeps %s from the builder', (path) => expect(reachesBuilder(path, IGNORED)).toBe(false));

  it.each(['apps/orders/src/main.ts', 'libs/kernel/src/index.ts', 'tools/build/bundle.mjs', '.npmrc'])(
    'lets %s through',
    (path) => expect(reachesBuilder(path, IGNORED)).toBe(true),
  );
});
