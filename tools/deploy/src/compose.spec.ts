import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { composeEnvironment, durationMs, parseCompose } from './compose';
import { instructionsOf } from './dockerfile';
import { at, isList, objectsAt, textAt, type JsonObject } from './manifest';
import { podsOf } from './pods';
import { render } from './render';
import { ROOT, VERSION, readText, textOf } from './repository.fixture';
import { ANY_DATABASE, SERVICES, readConfigOf } from './service-code.fixture';

const FILE = textOf('docker/compose.yaml');
const EXAMPLE = textOf('docker/.env.example');
const { services, whole } = parseCompose(FILE, 'docker/compose.yaml');
const kafka = composeEnvironment(services['kafka'] ?? {});

const serviceOf = (name: string): JsonObject => {
  const found = services[name];
  if (found === undefined) throw new Error(`compose.yaml has no ${name}`);
  return found;
};

it('composes every service with its broker and database, and nothing else', () => {
  expect(Object.keys(services).sort()).toEqual([...SERVICES, 'kafka', 'postgres'].sort());
});

it('publishes ports to this machine alone, each once', () => {
  const published = Object.values(services).flatMap(({ ports }) =>
    isList(ports) ? ports.map((port) => textAt([port], 0)) : [],
  );
  for (const port of published) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
  expect(new Set(published.map((port) => port.split(':')[1])).size).toBe(published.length);
});

describe.each(SERVICES)('%s, composed', (name) => {
  const service = serviceOf(name);
  const env = composeEnvironment(service);

  it('is the image that is built from its project, the one that Kubernetes runs', () => {
    expect(service['image']).toBe(`murmuration/${name}:${VERSION}`);
    expect(service['build']).toMatchObject({ context: '..', dockerfile: 'docker/Dockerfile' });
    expect(at(service, 'build', 'args', 'PROJECT')).toBe(`apps/${name}`);
    expect(`NODE_IMAGE=${textAt(service, 'build', 'args', 'NODE_IMAGE')}`).toBe(
      instructionsOf(textOf('docker/Dockerfile'))[0]?.rest,
    );
  });

  it('sets only variables that it reads, to values that it takes, and all that it needs', async () => {
    const { names } = await readConfigOf(name, env);
    expect(Object.keys(env).filter((variable) => !names.has(variable))).toEqual([]);
  });

  it('is published on the port of its code', async () => {
    const { config } = await readConfigOf(name, env);
    const { config: defaults } = await readConfigOf(name, { DATABASE_URL: ANY_DATABASE });
    const port = String(defaults['PORT']);
    expect(service['ports']).toEqual([`127.0.0.1:${port}:${port}`]);
    expect(String(config['PORT'] as number)).toBe(port);
  });

  it('migrates when it starts, after database and broker are well', async () => {
    const { config } = await readConfigOf(name, env);
    expect(config['MIGRATE']).toBe(true);
    expect(service['depends_on']).toEqual({
      postgres: { condition: 'service_healthy' },
      kafka: { condition: 'service_healthy' },
    });
  });

  it('uses the role, the password and the database that are made for it', () => {
    const { username, password, pathname, host } = new URL(env['DATABASE_URL'] ?? '');
    expect([username, pathname, host]).toEqual([name, `/${name}`, 'postgres:5432']);
    expect(composeEnvironment(serviceOf('postgres'))[`${name.toUpperCase()}_PASSWORD`]).toBe(password);
    expect(textOf('docker/postgres/create-databases.sh')).toContain(`create ${name} "$${name.toUpperCase()}_PASSWORD"`);
  });

  it('talks to the broker where it listens, and asks for no more copies than it has', async () => {
    const { config } = await readConfigOf(name, env);
    const advertised = (kafka['KAFKA_ADVERTISED_LISTENERS'] ?? '').split(',');
    for (const broker of config['KAFKA_BROKERS'] as readonly string[])
      expect(advertised).toContain(`FLOCK://${broker}`);
    expect(config['KAFKA_REPLICATION_FACTOR']).toBe(1);
  });

  it('may not write, gain privileges or take all memory, and gets longer to stop than it takes', async () => {
    const { config } = await readConfigOf(name, env);
    expect(service).toMatchObject({
      ...{ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] },
      mem_limit: expect.stringMatching(/^\d+m$/),
    });
    expect(durationMs(service['stop_grace_period'])).toBeGreaterThan(Number(config['SHUTDOWN_GRACE_MS']));
  });

  it('is well when its image says so', () => {
    const check = instructionsOf(textOf('docker/Dockerfile')).find((instruction) => instruction.name === 'HEALTHCHECK');
    const command = JSON.parse(check?.rest.slice(check.rest.indexOf('[')) ?? '[]') as readonly string[];
    expect(at(service, 'healthcheck', 'test')).toEqual(['CMD', ...command]);
  });
});

describe('the broker and the database, composed', () => {
  it('have images by major version, the same ones as in the local overlay', () => {
    const overlay = podsOf(render('k8s/overlays/local', readText)).flatMap(({ containers }) =>
      containers.map(({ image }) => image),
    );
    for (const name of ['kafka', 'postgres']) {
      expect(serviceOf(name)['image']).toMatch(/^(apache\/)?(kafka|postgres):\d+$/);
      expect(overlay).toContain(serviceOf(name)['image']);
    }
  });

  it('say when they are well, and keep their data in volumes', () => {
    for (const name of ['kafka', 'postgres']) {
      expect(at(serviceOf(name), 'healthcheck', 'test', 0)).toBe('CMD');
      expect(at(serviceOf(name), 'volumes', 0)).toMatch(new RegExp(`^${name}:/var/lib/`));
      expect(Object.keys(whole['volumes'] as JsonObject)).toContain(name);
    }
  });

  it('mount a script that is there and may be run', () => {
    const mounts = at(serviceOf('postgres'), 'volumes');
    const [script] = (isList(mounts) ? mounts : [])
      .map((mount) => textAt([mount], 0))
      .filter((mount) => mount.startsWith('./'));
    const path = join(ROOT, 'docker', script?.split(':')[0] ?? '');
    expect(existsSync(path)).toBe(true);
    expect(statSync(path).mode & 0o111).not.toBe(0);
  });

  it('have a listener for the flock and one for this machine, each with its way back', () => {
    const names = (list: string | undefined) => (list ?? '').split(',').map((part) => part.split(':')[0]);
    expect(names(kafka['KAFKA_LISTENERS'])).toEqual(['FLOCK', 'HOST', 'CONTROLLER']);
    expect(names(kafka['KAFKA_LISTENER_SECURITY_PROTOCOL_MAP'])).toEqual(['FLOCK', 'HOST', 'CONTROLLER']);
    expect(names(kafka['KAFKA_ADVERTISED_LISTENERS'])).toEqual(['FLOCK', 'HOST']);
    const [, inside] = /HOST:\/\/:(\d+)/.exec(kafka['KAFKA_LISTENERS'] ?? '') ?? [];
    const [, outside] = /HOST:\/\/(127\.0\.0\.1:\d+)/.exec(kafka['KAFKA_ADVERTISED_LISTENERS'] ?? '') ?? [];
    expect(serviceOf('kafka')['ports']).toEqual([`${outside ?? ''}:${inside ?? ''}`]);
    expect(kafka['KAFKA_AUTO_CREATE_TOPICS_ENABLE']).toBe('false');
  });

  it('run one broker with the settings of the local overlay, but for its listeners', () => {
    const [broker] = podsOf(render('k8s/overlays/local', readText)).filter(
      ({ owner }) => owner.metadata.name === 'kafka',
    );
    const theirs = objectsAt(broker?.containers[0], 'env').map(
      (variable) => [textAt(variable, 'name'), textAt(variable, 'value')] as const,
    );
    for (const [name, value] of theirs)
      if (!/LISTENER|VOTERS/.test(name)) expect({ [name]: kafka[name] }).toEqual({ [name]: value });
  });
});

describe('docker/.env.example', () => {
  const variables = [...EXAMPLE.matchAll(/^(?:# )?([A-Z_]+)=(.*)$/gm)].map(([, name = '', value = '']) => ({
    name,
    value,
  }));

  it('names every variable that the compose file has, and no other', () => {
    const used = [...FILE.matchAll(/\$\{([A-Z_]+):-/g)].map(([, name]) => name).filter((name) => name !== 'LOG_LEVEL');
    expect([...new Set(variables.map(({ name }) => name))].sort()).toEqual([...new Set(used)].sort());
  });

  it('gives every role a password of its own that may be part of an address', () => {
    const passwords = variables.filter(({ name }) => name.endsWith('_PASSWORD')).map(({ value }) => value);
    expect(new Set(passwords).size).toBe(SERVICES.length + 1);
    for (const password of passwords) expect(password).toMatch(/^[\w.~-]+$/);
  });

  it('reaches the services as their addresses', async () => {
    const given = Object.fromEntries(variables.map(({ name, value }) => [name, value]));
    const { services: filled } = parseCompose(FILE, 'docker/compose.yaml', given);
    for (const name of SERVICES) {
      const { config } = await readConfigOf(name, composeEnvironment(filled[name] ?? {}));
      expect(new URL(config['DATABASE_URL'] as string).password).toBe(given[`${name.toUpperCase()}_PASSWORD`]);
    }
  });

  it('is what git ignores when it is filled in', () => {
    expect(textOf('docker/.gitignore').split('\n')).toContain('.env');
  });

  it('hands no certificates to the build unless it names some', () => {
    const file = textAt(whole, 'secrets', 'ca', 'file');
    expect(statSync(join(ROOT, 'docker', file)).size).toBe(0);
  });
});
