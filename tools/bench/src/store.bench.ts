import { randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { startPostgres } from '@murmuration/embedded-postgres';
import {
  type AppendRequest,
  type EventStore,
  type NewEvent,
  migrate,
  poolOf,
  postgresDataSource,
  postgresEventStore,
} from '@murmuration/event-store';
import Table from 'cli-table3';
import { Command } from 'commander';
import type { Pool } from 'pg';
import { usageOf } from './cpu-time';

const CALLERS = [1, 16, 200] as const;
const POOL_SIZE = 20;
const WARM_UP_MS = 400;
const EVENTS_PER_STREAM = 10;
const SECONDS_MAX = 60;

type Operation = (caller: number) => Promise<void>;
type Case = { readonly name: string; readonly operation: () => Operation };

type Measured = {
  readonly name: string;
  readonly callers: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly nodeCpuMicros: number;
  readonly postgresCpuMicros: number;
};

const DATA = JSON.stringify({
  orderId: randomUUID(),
  lines: [{ sku: 'TEA-001', quantity: 2, unitPriceMinor: 1250 }],
  totalMinor: 2500,
  currency: 'EUR',
});
const METADATA = { correlationId: randomUUID(), causationId: randomUUID(), actor: 'bench', hop: 0 };

const newEvent = (streamId: string): NewEvent => ({
  ...{ streamId, eventId: randomUUID(), type: 'OrderSubmitted', schemaVersion: 1, data: DATA, metadata: METADATA },
});

const mustAppend = async (store: EventStore, request: AppendRequest): Promise<void> => {
  const { outcome } = await store.append(request);
  if (outcome !== 'appended') throw new Error(`an append ended as ${outcome}`);
};

/** Each caller goes through streams of its own, `EVENTS_PER_STREAM` events each, as aggregates of real life are. */
const streamsOfCallers = (): ((caller: number) => { readonly streamId: string; readonly version: number }) => {
  const current = new Map<number, { streamId: string; version: number }>();
  return (caller) => {
    const known = current.get(caller);
    const next =
      known && known.version + 1 < EVENTS_PER_STREAM
        ? { streamId: known.streamId, version: known.version + 1 }
        : { streamId: `order-${randomUUID()}`, version: 0 };
    current.set(caller, next);
    return next;
  };
};

const INSERT = {
  name: 'bench_insert',
  text: 'INSERT INTO plain_events (stream_id, version, event_id, type, data, metadata) VALUES ($1, $2, $3, $4, $5, $6)',
};
const SELECT = { name: 'bench_select', text: 'SELECT * FROM plain_events WHERE stream_id = $1 ORDER BY version' };

const createPlainTable = (pool: Pool): Promise<unknown> =>
  pool.query(`CREATE TABLE plain_events (
    position bigserial PRIMARY KEY, stream_id text NOT NULL, version bigint NOT NULL, event_id uuid NOT NULL, type text NOT NULL,
    data json NOT NULL, metadata json NOT NULL, recorded_at timestamptz NOT NULL DEFAULT now(), UNIQUE (stream_id, version))`);

const plainInsert = (pool: Pool, streamId: string, version: number): Promise<unknown> =>
  pool.query({
    ...INSERT,
    values: [streamId, version, randomUUID(), 'OrderSubmitted', DATA, JSON.stringify(METADATA)],
  });

const casesOn = (store: EventStore, pool: Pool): readonly Case[] => [
  {
    name: 'plain pg: insert',
    operation: () => {
      const next = streamsOfCallers();
      return async (caller) => {
        const { streamId, version } = next(caller);
        await plainInsert(pool, streamId, version);
      };
    },
  },
  {
    name: 'store: append, one stream',
    operation: () => {
      const next = streamsOfCallers();
      return (caller) => {
        const { streamId, version: expected } = next(caller);
        return mustAppend(store, { checks: [{ streamId, expected }], events: [newEvent(streamId)] });
      };
    },
  },
  {
    name: 'store: append, two streams',
    operation: () => {
      const next = streamsOfCallers();
      return (caller) => {
        const { streamId, version: expected } = next(caller);
        const second = `${streamId}-b`;
        return mustAppend(store, {
          checks: [streamId, second].map((id) => ({ streamId: id, expected })),
          events: [newEvent(streamId), newEvent(second)],
        });
      };
    },
  },
  {
    name: 'plain pg: read, decide, insert',
    operation: () => {
      const next = streamsOfCallers();
      return async (caller) => {
        const { streamId } = next(caller);
        const { rows } = await pool.query({ ...SELECT, values: [streamId] });
        await plainInsert(pool, streamId, rows.length);
      };
    },
  },
  {
    name: 'store: read, decide, append',
    operation: () => {
      const next = streamsOfCallers();
      return async (caller) => {
        const { streamId } = next(caller);
        const expected = (await store.readStreams([{ streamId }])).get(streamId)?.length ?? 0;
        await mustAppend(store, { checks: [{ streamId, expected }], events: [newEvent(streamId)] });
      };
    },
  },
];

const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

/** Milliseconds of every call that ended within the time. */
const load = async (operation: Operation, callers: number, durationMs: number): Promise<number[]> => {
  const latencies: number[] = [];
  const untilMs = performance.now() + durationMs;
  const call = async (caller: number): Promise<void> => {
    for (let startedMs = performance.now(); startedMs < untilMs; startedMs = performance.now()) {
      await operation(caller);
      latencies.push(performance.now() - startedMs);
    }
  };
  await Promise.all(Array.from({ length: callers }, (_, caller) => call(caller)));
  return latencies;
};

const measure = async (
  { name, operation }: Case,
  callers: number,
  durationMs: number,
  postgresPid: number,
): Promise<Measured> => {
  const call = operation();
  await load(call, callers, WARM_UP_MS);
  const postgresCpuMs = (): number => usageOf({ postgres: postgresPid }).get('postgres')?.cpuMs ?? 0;
  const cpuBefore = process.cpuUsage();
  const postgresBefore = postgresCpuMs();
  const startedMs = performance.now();
  const latencies = (await load(call, callers, durationMs)).sort((left, right) => left - right);
  const tookMs = performance.now() - startedMs;
  const cpu = process.cpuUsage(cpuBefore);
  return {
    ...{ name, callers },
    perSecond: (latencies.length * 1000) / tookMs,
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
    nodeCpuMicros: (cpu.user + cpu.system) / latencies.length,
    postgresCpuMicros: ((postgresCpuMs() - postgresBefore) * 1000) / latencies.length,
  };
};

const printTable = (measured: readonly Measured[]): void => {
  const table = new Table({
    head: ['case', 'callers', 'per second', 'p50 ms', 'p99 ms', 'Node CPU µs', 'PostgreSQL CPU µs'],
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [] },
  });
  for (const { name, callers, perSecond, p50Ms, p99Ms, nodeCpuMicros, postgresCpuMicros } of measured) {
    const figures = [
      perSecond.toFixed(0),
      p50Ms.toFixed(2),
      p99Ms.toFixed(2),
      nodeCpuMicros.toFixed(0),
      postgresCpuMicros.toFixed(0),
    ];
    table.push([name, String(callers), ...figures]);
  }
  process.stdout.write(`${table.toString()}\n`);
};

/** Measures durable appends on an embedded PostgreSQL, side by side with plain inserts through `pg` in the same run. */
export const runStoreBench = async (args: string[]): Promise<void> => {
  const options = new Command('bench store')
    .option('--seconds <n>', 'time of each measurement', Number, 2)
    .option('--only <text>', 'only the cases whose name holds this text', '')
    .option('--log-partitions <n>', 'log partitions of the store', Number, 1)
    .option('--json', 'print the figures as JSON')
    .parse(args, { from: 'user' })
    .opts<{ seconds: number; only: string; logPartitions: number; json?: true }>();
  const durationMs = Math.min(options.seconds, SECONDS_MAX) * 1000;

  const folder = mkdtempSync(join('/var/tmp', 'murmuration-bench-'));
  chmodSync(folder, 0o755);
  const postgres = await startPostgres({ dataDir: folder, port: 0 });
  try {
    const url = await postgres.createDatabase({ name: 'bench', role: 'bench', password: 'bench' });
    const dataSource = await postgresDataSource({ url, poolSize: POOL_SIZE + 4 }).initialize();
    await migrate(dataSource);
    const pool = poolOf(dataSource);
    await createPlainTable(pool);
    const store = await postgresEventStore({ dataSource, logPartitions: options.logPartitions });
    const measured: Measured[] = [];
    for (const each of casesOn(store, pool).filter(({ name }) => name.includes(options.only))) {
      for (const callers of CALLERS) {
        measured.push(await measure(each, callers, durationMs, postgres.pid));
        process.stderr.write('.');
      }
    }
    process.stderr.write('\n');
    if (options.json) process.stdout.write(`${JSON.stringify(measured, undefined, 2)}\n`);
    else printTable(measured);
    await store.close();
    await dataSource.destroy();
  } finally {
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
};
