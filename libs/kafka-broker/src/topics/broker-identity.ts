import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { KafkaBrokerError } from '../kafka-broker-error';
import { syncDirectory } from '../log/directory-sync';

const FILE = 'broker.json';
const FORMAT = 1;
const PRODUCER_IDS_PER_BLOCK = 1000;

type Stored = { readonly format: number; readonly clusterId: string; readonly producerIdsBelow: number };

/**
 * What a data folder is known by, and the producer ids given out. Ids are reserved in blocks before the first of a block is
 * given, so that none is ever given twice; a restart skips the rest of its block.
 */
export class BrokerIdentity {
  readonly clusterId: string;
  private readonly path: string;
  private nextProducerId: number;
  private reservedBelow: number;

  constructor(dataDir: string) {
    this.path = join(dataDir, FILE);
    const stored = existsSync(this.path) ? read(this.path) : undefined;
    this.clusterId = stored?.clusterId ?? randomUUID().replaceAll('-', '').slice(0, 22);
    this.nextProducerId = stored?.producerIdsBelow ?? 1;
    this.reservedBelow = this.nextProducerId;
    if (stored === undefined) this.reserve(this.reservedBelow);
  }

  newProducerId(): number {
    if (this.nextProducerId === this.reservedBelow) this.reserve(this.reservedBelow + PRODUCER_IDS_PER_BLOCK);
    return this.nextProducerId++;
  }

  private reserve(producerIdsBelow: number): void {
    const stored: Stored = { format: FORMAT, clusterId: this.clusterId, producerIdsBelow };
    writeFileSync(`${this.path}.new`, JSON.stringify(stored), { flush: true });
    renameSync(`${this.path}.new`, this.path);
    syncDirectory(dirname(this.path));
    this.reservedBelow = producerIdsBelow;
  }
}

const read = (path: string): Stored => {
  let stored: Stored;
  try {
    stored = JSON.parse(readFileSync(path, 'utf8')) as Stored;
  } catch (cause) {
    throw new KafkaBrokerError('data-damaged', `${path} is not readable`, { cause });
  }
  if (stored.format === FORMAT) return stored;
  throw new KafkaBrokerError('data-damaged', `${path} has format ${stored.format}, known is ${FORMAT}`);
};
