import { join } from 'node:path';
import { at, objectsAt, stringsAt, textAt, type JsonObject } from './manifest';
import { containerOf, environmentOf, findManifest, podsOf, selects, type Pod } from './pods';
import { render } from './render';
import { ROOT, VERSION, readText, textOf } from './repository.fixture';
import { ANY_DATABASE, SERVICES, readConfigOf } from './service-code.fixture';

const LOCAL = 'k8s/overlays/local';
const manifests = render(LOCAL, readText);
const pods = podsOf(manifests);

const podOf = (name: string): Pod => {
  const found = pods.find(({ owner }) => owner.metadata.name === name);
  if (found === undefined) throw new Error(`no pod of ${name}`);
  return found;
};
const serviceContainer = (service: string): JsonObject => containerOf(podOf(service), 'service');

/** A process may hold this many connections beside its pool: those that listen, and those of a migration. */
const CONNECTIONS_BESIDE_POOL = 3;

/** An event that waits in the log, with its places in three indexes. */
const UNSENT_EVENT_BYTES = 1024;
/** Projections only listen. */
const TALKING_SERVICES = SERVICES.length - 1;

/** Seconds within which a service must have been able to start. */
const START_MIN_S = 120;

it('deploys every service, and nothing else from this repository', () => {
  const images = pods.flatMap(({ containers }) => containers.map((container) => textAt(container, 'image')));
  const ours = images.filter((image) => image.startsWith('murmuration/'));
  expect([...new Set(ours)].sort()).toEqual(SERVICES.map((service) => `murmuration/${service}:${VERSION}`).sort());
});

describe.each(SERVICES)('the manifests of %s', (service) => {
  const container = serviceContainer(service);
  const migration = containerOf(podOf(service), 'migrate');
  const env = environmentOf(container, manifests);

  it('run the image that is built from its project', () => {
    expect(container['image']).toBe(`murmuration/${service}:${VERSION}`);
    const project = JSON.parse(textOf(`apps/${service}/project.json`)) as { readonly targets: object };
    expect(project.targets).toHaveProperty('build');
  });

  it('set only variables that it reads, to values that it takes, and all that it needs', async () => {
    const { names } = await readConfigOf(service, env);
    expect(Object.keys(env).filter((name) => !names.has(name))).toEqual([]);
  });

  it('migrate in an init container with the same image and settings, and not again at the start', async () => {
    expect(migration['image']).toBe(container['image']);
    expect(migration['args']).toEqual(['--migrate-only']);
    expect(textOf('libs/platform/src/lifecycle/run-service.ts')).toContain("'--migrate-only'");
    const { MIGRATE, ...shared } = env;
    expect(environmentOf(migration, manifests)).toEqual(shared);
    expect(MIGRATE).toBe('false');
  });

  it('open the port on which it listens, which is the one of its code', async () => {
    const { config } = await readConfigOf(service, env);
    const { config: defaults } = await readConfigOf(service, { DATABASE_URL: ANY_DATABASE });
    expect(config['PORT']).toBe(defaults['PORT']);
    expect(config['HOST']).toBe('0.0.0.0');
    expect(objectsAt(container, 'ports')).toEqual([{ name: 'http', containerPort: config['PORT'] }]);
    const ports = objectsAt(findManifest(manifests, 'Service', service), 'spec', 'ports');
    expect(ports).toEqual([{ name: 'http', port: config['PORT'], targetPort: 'http' }]);
  });

  it('give it longer to stop than it takes', async () => {
    const { config } = await readConfigOf(service, env);
    const [, waitMs] = /setTimeout\(.*, (\d+)\)/.exec(JSON.stringify(at(container, 'lifecycle', 'preStop'))) ?? [];
    const graceMs = Number(at(podOf(service).spec, 'terminationGracePeriodSeconds')) * 1_000;
    expect(graceMs).toBeGreaterThan(Number(waitMs) + Number(config['SHUTDOWN_GRACE_MS']));
  });

  it('find the broker and the database that the overlay brings', async () => {
    const { config } = await readConfigOf(service, env);
    const database = new URL(env['DATABASE_URL'] ?? '');
    for (const address of [...(config['KAFKA_BROKERS'] as readonly string[]), database.host]) {
      const [host = '', port] = address.split(':');
      const [open] = objectsAt(findManifest(manifests, 'Service', host), 'spec', 'ports');
      expect(open?.['port']).toBe(Number(port));
    }
    expect([database.username, database.pathname]).toEqual([service, `/${service}`]);
    expect(database.password).toBe(
      environmentOf(containerOf(podOf('postgres'), 'postgres'), manifests)[`${service.toUpperCase()}_PASSWORD`],
    );
  });

  it('leave the disk of the database room for twice as much as may wait to be sent', async () => {
    const { config } = await readConfigOf(service, env);
    const [claim] = objectsAt(findManifest(manifests, 'StatefulSet', 'postgres'), 'spec', 'volumeClaimTemplates');
    const [, size] = /^(\d+)Gi$/.exec(textAt(at(claim, 'spec', 'resources', 'requests', 'storage'))) ?? [];
    const waitingBytes = Number(config['UNSENT_EVENTS_MAX']) * UNSENT_EVENT_BYTES;
    expect(2 * waitingBytes * TALKING_SERVICES).toBeLessThanOrEqual(Number(size) * 1024 ** 3);
  });

  it('never scale beyond the partitions that it can share', async () => {
    for (const folder of ['k8s/base', LOCAL]) {
      const scaler = findManifest(render(folder, readText), 'HorizontalPodAutoscaler', service);
      expect(at(scaler, 'spec', 'maxReplicas')).toBeLessThanOrEqual(Number(env['KAFKA_TOPIC_PARTITIONS']));
    }
  });

  it('let the broker and the database hear it, and nobody out of the cluster', () => {
    for (const [to, port] of [
      ['postgres', 5432],
      ['kafka', 9092],
    ] as const) {
      const rules = objectsAt(findManifest(manifests, 'NetworkPolicy', to), 'spec', 'ingress');
      const admitted = rules
        .flatMap((rule) => objectsAt(rule, 'from'))
        .some(({ podSelector }) => selects(podSelector, podOf(service).labels));
      expect(admitted).toBe(true);
      const policy = findManifest(manifests, 'NetworkPolicy', 'services');
      expect(selects(at(policy, 'spec', 'podSelector'), podOf(service).labels)).toBe(true);
      expect(JSON.stringify(at(policy, 'spec', 'egress'))).toContain(`"port":${port}`);
    }
    expect(JSON.stringify(manifests)).not.toMatch(/ipBlock|LoadBalancer|NodePort|hostNetwork|hostPort/);
  });
});

describe('the probes', () => {
  const [service = ''] = SERVICES;
  const container = serviceContainer(service);
  type Check = { readonly name: string; readonly vital: boolean; readonly check: () => { readonly status: string } };
  type Running = {
    readonly app: { readonly inject: (path: string) => Promise<{ readonly statusCode: number }> };
    readonly close: () => Promise<void>;
  };
  const runs = async (checks?: readonly Check[]): Promise<Running> => {
    const { memoryStorage, serviceOnMemory } = (await import(join(ROOT, 'libs/platform/src'))) as {
      readonly memoryStorage: () => object;
      readonly serviceOnMemory: (definition: unknown, on: object) => Promise<Running>;
    };
    const { inventoryService } = (await import(join(ROOT, 'apps/inventory/src/inventory.module'))) as {
      readonly inventoryService: () => unknown;
    };
    return serviceOnMemory(inventoryService(), checks === undefined ? {} : { storage: { ...memoryStorage(), checks } });
  };

  it('are the same for every service', () => {
    for (const other of SERVICES)
      for (const probe of ['startupProbe', 'readinessProbe', 'livenessProbe'])
        expect(serviceContainer(other)[probe]).toEqual(container[probe]);
  });

  it('let a service start without the broker, and not without its database', async () => {
    const answered = async (database: string, kafka: string): Promise<number> => {
      const { app, close } = await runs([
        { name: 'database', vital: true, check: () => ({ status: database }) },
        { name: 'kafka', vital: false, check: () => ({ status: kafka }) },
      ]);
      const { statusCode } = await app.inject(textAt(container, 'startupProbe', 'httpGet', 'path'));
      await close();
      return statusCode;
    };
    expect(await answered('up', 'up')).toBe(200);
    expect(await answered('up', 'down')).toBe(200);
    expect(await answered('down', 'up')).toBe(503);
    const { periodSeconds, failureThreshold } = container['startupProbe'] as JsonObject;
    expect(Number(periodSeconds) * Number(failureThreshold)).toBeGreaterThanOrEqual(START_MIN_S);
  });

  it('ask for paths that a service answers', async () => {
    const { app, close } = await runs();
    for (const probe of ['startupProbe', 'readinessProbe', 'livenessProbe']) {
      expect(at(container, probe, 'httpGet', 'port')).toBe('http');
      expect((await app.inject(textAt(container, probe, 'httpGet', 'path'))).statusCode).toBe(200);
    }
    expect((await app.inject('/health/other')).statusCode).toBe(404);
    await close();
  });
});

describe('the local overlay', () => {
  const postgres = containerOf(podOf('postgres'), 'postgres');
  const kafka = environmentOf(containerOf(podOf('kafka'), 'kafka'), manifests);

  it('has a database that takes as many connections as its services may open, also during an update', async () => {
    const [, max] = /max_connections=(\d+)/.exec(JSON.stringify(postgres['args'])) ?? [];
    let wanted = 0;
    for (const service of SERVICES) {
      const scaler = findManifest(manifests, 'HorizontalPodAutoscaler', service);
      const surge = Number(at(podOf(service).owner, 'spec', 'strategy', 'rollingUpdate', 'maxSurge'));
      const { config } = await readConfigOf(service, environmentOf(serviceContainer(service), manifests));
      const each = Number(config['DATABASE_POOL_MAX']) + CONNECTIONS_BESIDE_POOL;
      wanted += each * (Number(at(scaler, 'spec', 'maxReplicas')) + surge);
    }
    expect(wanted).toBeLessThanOrEqual(Number(max));
  });

  it('has a broker that keeps each record as often as the services ask, and creates no topic by itself', () => {
    const flock = stringsAt(findManifest(manifests, 'ConfigMap', 'flock'), 'data');
    expect(Number(flock['KAFKA_REPLICATION_FACTOR'])).toBe(Number(at(podOf('kafka').owner, 'spec', 'replicas')));
    expect(kafka['KAFKA_AUTO_CREATE_TOPICS_ENABLE']).toBe('false');
    expect(kafka['KAFKA_ADVERTISED_LISTENERS']).toBe(`FLOCK://${flock['KAFKA_BROKERS'] ?? ''}`);
  });

  it('keeps what the broker and the database write on their volumes', () => {
    const [brokerData] = objectsAt(containerOf(podOf('kafka'), 'kafka'), 'volumeMounts');
    expect(kafka['KAFKA_LOG_DIRS']?.startsWith(`${textAt(brokerData, 'mountPath')}/`)).toBe(true);
    const mounts = objectsAt(postgres, 'volumeMounts').map(({ mountPath }) => mountPath);
    expect(mounts).toEqual(expect.arrayContaining(['/var/lib/postgresql', '/docker-entrypoint-initdb.d']));
  });

  it('makes its databases as the compose file does', () => {
    expect(textOf(`${LOCAL}/postgres/create-databases.sh`)).toBe(textOf('docker/postgres/create-databases.sh'));
  });
});
