import { topicOf, type ServiceName } from '@murmuration/contracts';
import type { AgendaLimits } from '@murmuration/effects';
import type { EffectPort, Message } from '@murmuration/kernel';
import type { Outbound } from '@murmuration/messaging';
import type { Fault } from '../faults/faults';
import { SERVICE_NAMES, type Plan } from '../plan/plan';
import { bindings, type Binding } from './bindings';
import { TODAY, TOMORROW, type Code } from './code';
import { courier, type Courier } from './courier';
import { simulatedDatabase, type Database } from './database';
import { gateway, type Gateway } from './gateway';
import { simulatedLog, type Log } from './log';
import { startNode, type HeardNote, type Node } from './node';
import { carrier, paymentProvider, type CallNote, type Carrier, type PaymentProvider } from './partners';
import { startProcess, type Surroundings } from './process';
import { tally, type Tally } from './tally';

/** One service with everything of it that outlives a process. */
export type SimulatedService = {
  readonly binding: Binding;
  readonly database: Database;
  readonly nodes: Node[];
};

/** The whole flock, its partners and its surroundings. */
export type World = {
  readonly services: ReadonlyMap<string, SimulatedService>;
  readonly serviceOf: (name: string) => SimulatedService;
  readonly log: Log;
  readonly provider: PaymentProvider;
  readonly carrier: Carrier;
  readonly courier: Courier;
  readonly gateway: Gateway;
  readonly tally: Tally;
  readonly nowMs: () => number;
  readonly kill: (node: string, backAfterMs: number) => void;
  readonly restart: (node: string) => void;
  /** Asks a node to finish and leave, as SIGTERM does; resolves when its process has ended. Nobody takes its place. */
  readonly stop: (node: string) => Promise<void>;
  /** Starts a node that was stopped, or that never ran. */
  readonly start: (node: string) => void;
  /** The code of every process that starts from now on. */
  readonly deploy: (code: Code) => void;
  readonly freeze: (node: string, durationMs: number) => void;
  readonly jumpClock: (node: string, offsetMs: number) => void;
  /** Everything is back, on time and well. */
  readonly heal: () => void;
  /** Nothing runs for a while, and nobody notices. */
  readonly standStill: (durationMs: number) => void;
  /** Everything that was ever sent is stored once more. */
  readonly hearAgain: () => void;
};

export type WorldOptions = {
  readonly limits?: Partial<AgendaLimits>;
  /** From how many events on that wait to be sent a service takes nothing new on; nobody counts them when absent. */
  readonly unsentMax?: number;
};

export type Notes = { readonly heard: HeardNote; readonly call: CallNote };

/** How soon a process that crashed is started again. */
const BACK_AFTER_MS: readonly [number, number] = [100, 3_000];

/** Patience fit for runs of minutes instead of hours. */
const LIMITS: Partial<AgendaLimits> = {
  callMaxMs: 8_000,
  backoffMs: 100,
  backoffMaxMs: 4_000,
  budgetMs: 10_000,
  flushMs: 2_000,
  outageMinMs: 15_000,
};

/** A field that no contract knows, as code of tomorrow may write it. */
const withNewerField = (record: Outbound): Outbound => ({
  ...record,
  value: JSON.stringify({ ...(JSON.parse(record.value) as object), addedTomorrow: { since: 'v1' } }),
});

/** A record of a version that only code of tomorrow can read. */
const ofNewerVersion = (record: Outbound): Outbound => ({
  ...record,
  headers: { ...record.headers, ce_type: (record.headers['ce_type'] ?? '').replace(/\.v(\d+)$/, '.v9$1') },
});

export const startWorld = (
  plan: Plan,
  surroundings: Surroundings,
  notes: Notes,
  { limits = {}, unsentMax = plan.bounds.unsentMax }: WorldOptions = {},
): World => {
  const { time, decisions } = surroundings;
  const counts = tally();
  const log = simulatedLog(surroundings, (record) => {
    if (decisions.strikes('breaking record', record.topic)) return ofNewerVersion(record);
    return decisions.strikes('newer record', record.topic) ? withNewerField(record) : record;
  });
  for (const service of SERVICE_NAMES) log.broker.createTopic(topicOf(service), plan.partitions);

  const services = new Map<string, SimulatedService>(
    bindings(plan.holdMs).map((binding) => [
      binding.service,
      { binding, database: simulatedDatabase(binding.service, surroundings), nodes: [] },
    ]),
  );
  const serviceOf = (name: string): SimulatedService => {
    const found = services.get(name);
    if (found === undefined) throw new Error(`there is no service ${name}`);
    return found;
  };
  const way = gateway(surroundings, (service) => serviceOf(service).nodes);
  const provider = paymentProvider(surroundings, way, notes.call, counts);
  const parcels = carrier(surroundings, way, plan.carrierMs, notes.call);
  const codes = courier(surroundings, notes.call);

  const nobody: EffectPort<Message, unknown> = {
    perform: (key) => Promise.reject(new Error(`nobody is called with ${key}`)),
    query: (key) => Promise.reject(new Error(`nobody is asked about ${key}`)),
  };
  let incarnations = 0;
  let code = TODAY;

  /** Puts a process on a slot, which is free. */
  const start = (service: SimulatedService, slot: number): void => {
    const node = `${service.binding.service}-${String(slot + 1)}`;
    const backAfterMs = (): number => decisions.integer(`back ${node}`, BACK_AFTER_MS[0], BACK_AFTER_MS[1]);
    const codeHere = decisions.strikes('newer code', node) ? TOMORROW : code;
    const process = startProcess(`${node}/${String(++incarnations)}`, surroundings, () => {
      time.after(backAfterMs(), () => startIfGone(node));
    });
    const ports: Record<string, EffectPort<Message, unknown>> = {
      orders: codes.portOf(process), // because orders only has codes carried
      payments: provider.portOf(process), // because payments only makes payment calls
      shipping: parcels.portOf(process), // because shipping only makes carrier calls
    };
    service.nodes[slot] = startNode({
      ...{
        binding: codeHere(service.binding, node),
        process,
        tables: service.database.connect(process),
        limits: { ...LIMITS, ...plan.bounds.agenda, ...limits },
        bounds: plan.bounds,
        tally: counts,
        ...(unsentMax === undefined ? {} : { unsentMax }),
      },
      // Who cannot reach the broker is no member of its group, and knows it.
      isHearing: () => !log.outage.isDown(),
      ...{ broker: log.brokerOf(process), publisher: log.publisherOf(process), heard: notes.heard },
      port: ports[service.binding.service] ?? nobody,
    });
  };
  for (const service of services.values())
    for (let slot = 0; slot < (plan.replicas.get(service.binding.service) ?? 1); slot++) start(service, slot);

  const slotOf = (node: string): { readonly service: SimulatedService; readonly slot: number } => {
    const [name = '', slot = '1'] = node.split('-');
    return { service: serviceOf(name), slot: Number(slot) - 1 };
  };
  const nodeOf = (name: string): Node | undefined => {
    const { service, slot } = slotOf(name);
    return service.nodes[slot];
  };
  const startIfGone = (name: string): void => {
    const { service, slot } = slotOf(name);
    if (service.nodes[slot]?.process.isAlive() === false) start(service, slot);
  };
  const restart = (name: string): void => {
    const node = nodeOf(name);
    if (node?.process.isAlive() !== true) return;
    void node.stop().then(() => startIfGone(name));
  };
  /** Code that can read everything comes to all nodes. */
  const deployTomorrow = (): void => {
    code = TOMORROW;
    for (const [name, { nodes }] of services) for (const slot of nodes.keys()) restart(`${name}-${slot + 1}`);
  };
  const stop = async (name: string): Promise<void> => {
    const node = nodeOf(name);
    if (node?.process.isAlive() === true) await node.stop();
  };

  return {
    services,
    serviceOf,
    log,
    provider,
    carrier: parcels,
    courier: codes,
    gateway: way,
    tally: counts,
    nowMs: time.nowMs,
    kill: (name, backAfterMs) => {
      nodeOf(name)?.process.kill();
      time.after(backAfterMs, () => startIfGone(name));
    },
    restart,
    stop,
    start: (name) => {
      const { service, slot } = slotOf(name);
      if (service.nodes[slot]?.process.isAlive() !== true) start(service, slot);
    },
    deploy: (next) => {
      code = next;
    },
    freeze: (name, durationMs) => nodeOf(name)?.process.freeze(durationMs),
    jumpClock: (name, offsetMs) => nodeOf(name)?.process.jumpClock(offsetMs),
    standStill: (durationMs) => {
      for (const { nodes } of services.values()) for (const { process } of nodes) process.freeze(durationMs);
    },
    hearAgain: () => {
      for (const service of SERVICE_NAMES) log.replay(topicOf(service));
    },
    heal: () => {
      for (const { database } of services.values()) database.outage.end();
      for (const server of [log, provider, parcels]) server.outage.end();
      log.mend();
      for (const service of services.values())
        for (const [slot, { process }] of service.nodes.entries()) {
          process.jumpClock(0);
          if (process.isFrozen()) process.thaw();
          if (!process.isAlive()) start(service, slot);
        }
      if (decisions.struck().has('breaking record') || decisions.struck().has('newer code')) deployTomorrow();
    },
  };
};

const PARKED_MAX = 1_000;

const redriveTwice = async ({ database }: SimulatedService): Promise<void> => {
  const { inbox } = database.tables;
  for (const operator of ['first-operator', 'second-operator'])
    for (const { id } of await inbox.listParked({ limit: PARKED_MAX })) await inbox.wish(id, 'redrive', operator);
};

/** Faults that only need to be told to the world. */
export const befall = (world: World, fault: Fault, target: string, durationMs: number, offsetMs: number): void => {
  switch (fault) {
    case 'process killed':
      return world.kill(target, durationMs);
    case 'process restarted':
      return world.restart(target);
    case 'process frozen':
      return world.freeze(target, durationMs);
    case 'clock jumps':
      return world.jumpClock(target, offsetMs);
    case 'database outage':
      return world.serviceOf(target).database.outage.begin(durationMs);
    case 'broker outage':
      return world.log.outage.begin(durationMs);
    case 'partner outage':
      return (target === 'provider' ? world.provider : world.carrier).outage.begin(durationMs);
    case 'topic replayed':
      return world.log.replay(topicOf(target as ServiceName));
    case 'garbage record':
      return world.log.litter(topicOf(target as ServiceName));
    case 'redriven twice':
      return void redriveTwice(world.serviceOf(target));
    default:
      throw new Error(`${fault} does not befall anybody at an instant`);
  }
};
