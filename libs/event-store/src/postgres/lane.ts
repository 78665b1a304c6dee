import { setTimeout as pause } from 'node:timers/promises';
import type { Pool, PoolClient, QueryArrayConfig } from 'pg';
import { EventStoreError } from '../event-store-error';
import { eventStoreError, isWorthResending, spoilsConnection } from './failure';

/** A named statement; its name stands for its text for ever on a connection. */
export type Statement = { readonly name: string; readonly text: string };

/** Every value as the server sends it. */
export type TextRow = readonly (string | null)[];

const RAW_TEXT = { getTypeParser: () => (text: string) => text } as NonNullable<QueryArrayConfig['types']>;

export const STATEMENT_TIMEOUT_MS = 30_000;
export const ATTEMPTS_MAX = 9;
const PAUSE_MS = 25;
const PAUSE_MAX_MS = 2_000;

const pauseBefore = (attempt: number): Promise<void> => {
  const longestMs = Math.min(PAUSE_MAX_MS, PAUSE_MS * 2 ** attempt);
  return pause(longestMs / 2 + (Math.random() * longestMs) / 2);
};

const execute = async (client: PoolClient, statement: Statement, values: readonly unknown[]): Promise<TextRow[]> => {
  const query = {
    ...statement,
    values: [...values],
    rowMode: 'array' as const,
    types: RAW_TEXT,
    query_timeout: STATEMENT_TIMEOUT_MS,
  };
  return (await client.query<(string | null)[]>(query)).rows;
};

/**
 * One connection, kept for the statements of one purpose, and replaced when it is lost. A statement that fails in passing
 * is sent again as it is, `ATTEMPTS_MAX` times with growing pauses: use it only for statements that may be repeated.
 */
export class Lane {
  private client: PoolClient | undefined;
  private closed = false;

  constructor(
    private readonly pool: Pool,
    /** Sent once on each new connection. */
    private readonly preparation?: string,
  ) {}

  async run(statement: Statement, values: readonly unknown[]): Promise<TextRow[]> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await execute(await this.connected(), statement, values);
      } catch (error) {
        if (spoilsConnection(error)) this.drop();
        if (this.closed || attempt >= ATTEMPTS_MAX || !isWorthResending(error)) throw eventStoreError(error);
      }
      await pauseBefore(attempt);
    }
  }

  /** The connection in use must be idle. */
  close(): void {
    this.closed = true;
    this.drop();
  }

  private async connected(): Promise<PoolClient> {
    if (this.closed) throw new EventStoreError('closed', 'no statement is sent any more');
    if (this.client) return this.client;
    const client = await this.pool.connect();
    // A lost connection also fails the statement in flight, which is where it is answered.
    client.on('error', () => this.forget(client));
    client.on('end', () => this.forget(client));
    this.client = client;
    if (this.preparation) {
      const preparation = { text: this.preparation, query_timeout: STATEMENT_TIMEOUT_MS };
      await client.query(preparation);
    }
    return client;
  }

  private forget(client: PoolClient): void {
    if (this.client === client) this.drop();
  }

  private drop(): void {
    const { client } = this;
    this.client = undefined;
    client?.release(true);
  }
}

/**
 * For statements whose plan must hold for one stream and for five hundred, on an empty table and on a full one: custom
 * plans cost more than the reading itself, and one made while a table was small would later read all of it.
 */
const PLANS_BY_INDEX =
  'SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET enable_bitmapscan = off';

type Waiter = (lane: Lane) => void;

/** A few lanes for reading, each for one statement at a time; further statements wait in order. */
export class LaneGroup {
  private readonly lanes: readonly Lane[];
  private readonly free: Lane[];
  private readonly waiting: Waiter[] = [];

  constructor(
    pool: Pool,
    lanes: number,
    private readonly waitingMax: number,
  ) {
    this.lanes = Array.from({ length: lanes }, () => new Lane(pool, PLANS_BY_INDEX));
    this.free = [...this.lanes];
  }

  async run(statement: Statement, values: readonly unknown[]): Promise<TextRow[]> {
    const lane = this.free.pop() ?? (await this.nextFree());
    try {
      return await lane.run(statement, values);
    } finally {
      const next = this.waiting.shift();
      if (next) next(lane);
      else this.free.push(lane);
    }
  }

  close(): void {
    for (const lane of this.lanes) lane.close();
  }

  private nextFree(): Promise<Lane> {
    if (this.waiting.length >= this.waitingMax)
      throw new EventStoreError('overloaded', `${this.waitingMax} reads wait already`);
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}

/** As a lane does, on whichever connection of the pool is free. */
export const runPooled = async (pool: Pool, statement: Statement, values: readonly unknown[]): Promise<TextRow[]> => {
  for (let attempt = 1; ; attempt++) {
    let spoiled = false;
    let client: PoolClient | undefined;
    const onError = (): void => {
      spoiled = true;
    };
    try {
      client = await pool.connect();
      // The pool listens to idle clients only; without a listener a lost connection would end the process.
      client.on('error', onError);
      return await execute(client, statement, values);
    } catch (error) {
      spoiled ||= spoilsConnection(error);
      if (attempt >= ATTEMPTS_MAX || !isWorthResending(error)) throw eventStoreError(error);
    } finally {
      // A client that is thrown away may still report its end.
      if (!spoiled) client?.off('error', onError);
      client?.release(spoiled);
    }
    await pauseBefore(attempt);
  }
};
