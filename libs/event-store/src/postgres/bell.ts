import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Notification, Pool, PoolClient } from 'pg';
import { STATEMENT_TIMEOUT_MS } from './lane';
import { LISTEN, RING } from './statements';

/** At most one notification leaves this process in such a time. */
const RING_INTERVAL_MS = 10;
const RECONNECT_PAUSE_MS = 250;

type Listener = (logPartition: number) => void;

/**
 * Tells of log partitions that have new events: listeners in this process at once, other processes by a notification
 * after the commit. A bell may be lost with a connection; whoever listens also looks from time to time.
 */
export class Bell {
  private readonly origin = randomUUID();
  private readonly listeners = new Set<Listener>();
  private readonly due = new Set<number>();
  private isRinging = false;
  private isListening = false;
  private isClosed = false;
  private client: PoolClient | undefined;

  constructor(
    private readonly pool: Pool,
    private readonly logPartitions: number,
    /** Told of bells that were lost with a connection; nothing else follows from that. */
    private readonly onLost: (error: unknown) => void,
  ) {}

  ring(logPartitions: Iterable<number>): void {
    for (const logPartition of logPartitions) {
      this.due.add(logPartition);
      this.tell(logPartition);
    }
    if (this.due.size > 0 && !this.isRinging && !this.isClosed) void this.notify();
  }

  subscribe(listener: Listener): () => void {
    // A subscription of its own, even for a function that listens already.
    const own: Listener = (logPartition) => listener(logPartition);
    this.listeners.add(own);
    if (!this.isListening && !this.isClosed) void this.listen();
    return () => void this.listeners.delete(own);
  }

  close(): void {
    this.isClosed = true;
    this.listeners.clear();
    this.drop();
  }

  private tell(logPartition: number): void {
    for (const listener of [...this.listeners]) listener(logPartition);
  }

  private async notify(): Promise<void> {
    this.isRinging = true;
    while (this.due.size > 0 && !this.isClosed) {
      const payload = `${this.origin} ${[...this.due].join(',')}`;
      this.due.clear();
      try {
        // One that a server which was cut off never answers would otherwise be the last.
        const ringing = { ...RING, values: [payload], query_timeout: STATEMENT_TIMEOUT_MS };
        await this.pool.query(ringing);
      } catch (error) {
        this.onLost(error);
      }
      await pause(RING_INTERVAL_MS, undefined, { ref: false });
    }
    this.isRinging = false;
  }

  private async listen(): Promise<void> {
    this.isListening = true;
    while (!this.isClosed) {
      try {
        const client = await this.pool.connect();
        const ended = new Promise<void>((resolve) => {
          client.on('error', (error) => {
            if (!this.isClosed) this.onLost(error);
            resolve();
          });
          client.once('end', () => resolve());
        });
        this.client = client;
        client.on('notification', (notification) => this.hear(notification));
        await client.query(LISTEN);
        // What was rung while nobody listened.
        for (let logPartition = 0; logPartition < this.logPartitions; logPartition++) this.tell(logPartition);
        await ended;
      } catch (error) {
        this.onLost(error);
      }
      this.drop();
      if (!this.isClosed) await pause(RECONNECT_PAUSE_MS, undefined, { ref: false });
    }
  }

  private hear({ payload = '' }: Notification): void {
    const [origin, partitions = ''] = payload.split(' ');
    if (origin === this.origin) return;
    for (const partition of partitions.split(',')) {
      const logPartition = Number(partition);
      if (Number.isInteger(logPartition) && logPartition >= 0 && logPartition < this.logPartitions)
        this.tell(logPartition);
    }
  }

  private drop(): void {
    const { client } = this;
    this.client = undefined;
    client?.release(true);
  }
}
