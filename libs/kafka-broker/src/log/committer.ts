/** Something appended to in memory whose bytes a commit round writes, and syncs when that is asked for. */
export type Durable = {
  /** Writes all that was appended so far. Throws when it cannot; nothing of it is acknowledged then. */
  write(): void;
  sync(): Promise<void>;
  /** What the last `write` wrote is now safe: it may be read and acknowledged. */
  committed(): void;
  /** Undoes what was appended and not committed. */
  rollBack(): void;
};

export type FsyncMode = 'none' | 'group';

/** The members of a commit round that could not be written. */
export type Failed = ReadonlySet<Durable>;

type Round = {
  readonly members: Set<Durable>;
  readonly failed: Set<Durable>;
  waiting: ((failed: Failed) => void)[];
};

const emptyRound = (): Round => ({ members: new Set(), failed: new Set(), waiting: [] });

/**
 * Group commit: everything appended while the event loop served its sockets is written together, one write per file, then
 * acknowledged together. With `group`, the next round gathers while the last one is on its way to the disk.
 */
export class Committer {
  private round = emptyRound();
  private running = false;

  constructor(
    private readonly fsync: FsyncMode,
    private readonly afterCommit: (members: ReadonlySet<Durable>) => void,
    private readonly log: (line: string) => void,
  ) {}

  /** Puts `member` into the current round. */
  enlist(member: Durable): void {
    this.round.members.add(member);
    this.schedule();
  }

  /** Calls back once all that was enlisted up to now is committed or has failed. */
  whenCommitted(done: (failed: Failed) => void): void {
    this.round.waiting.push(done);
    this.schedule();
  }

  drained(): Promise<void> {
    return new Promise((resolve) => this.whenCommitted(() => resolve()));
  }

  private schedule(): void {
    if (this.running) return;
    this.running = true;
    setImmediate(() => this.run());
  }

  private run(): void {
    const round = this.round;
    const { members, failed } = round;
    this.round = emptyRound();
    for (const member of members) this.attempt(member, failed, () => member.write());
    if (this.fsync === 'none') {
      this.settle(round);
      return;
    }
    const syncs = [...members]
      .filter((member) => !failed.has(member))
      .map((member) => member.sync().catch((error: unknown) => this.fail(member, failed, error)));
    void Promise.all(syncs).then(() => this.settle(round));
  }

  private settle({ members, failed, waiting }: Round): void {
    for (const member of members) if (!failed.has(member)) member.committed();
    for (const member of failed) this.attempt(member, failed, () => member.rollBack());
    this.failWhatStandsOn(failed);
    this.running = false;
    if (this.round.members.size > 0 || this.round.waiting.length > 0) this.schedule();
    for (const done of waiting) done(failed);
    this.afterCommit(members);
  }

  /** What was appended meanwhile is gone with what failed, and only that: what comes from now on stands on its own. */
  private failWhatStandsOn(failed: Failed): void {
    const gone = [...failed].filter((member) => this.round.members.delete(member));
    if (gone.length === 0) return;
    this.round.waiting = this.round.waiting.map((done) => (later) => done(new Set([...later, ...gone])));
  }

  private attempt(member: Durable, failed: Set<Durable>, action: () => void): void {
    try {
      action();
    } catch (error) {
      this.fail(member, failed, error);
    }
  }

  private fail(member: Durable, failed: Set<Durable>, error: unknown): void {
    failed.add(member);
    this.log(`storage: ${String(error)}`);
  }
}
