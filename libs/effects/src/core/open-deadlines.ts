import { type Instant, epochMs, plusMs } from '@murmuration/kernel';
import type { AgendaCause, DeadlineRow } from '../agenda-store.port';

export type DeadlineChanges = { readonly deadlines: readonly DeadlineRow[]; readonly cleared: readonly string[] };

/** What the log says of deadlines beyond what the table knows. What is set and cleared in between never becomes a row. */
export class OpenDeadlines {
  private readonly set = new Map<string, DeadlineRow>();
  private readonly cleared = new Set<string>();
  private earliestRipe: Instant | undefined;

  get changes(): number {
    return this.set.size + this.cleared.size;
  }

  /** The earliest instant on the deadline clock at which something becomes ripe that the table does not know yet. */
  get earliestRipeMs(): number | undefined {
    return this.earliestRipe === undefined ? undefined : epochMs(this.earliestRipe);
  }

  /** `pausedMs` is how long the deadline clock had stood still before. */
  begin(key: string, dueAt: Instant, cause: AgendaCause, pausedMs: number): void {
    const ripeAt = plusMs(dueAt, -pausedMs);
    this.cleared.delete(key);
    this.keep({ key, dueAt, ripeAt, cause });
  }

  /** A deadline could not be fired: it becomes ripe once more, behind those that are so already. */
  putOff(row: DeadlineRow, ripeAt: Instant): void {
    if (this.stands(row)) this.keep({ ...row, ripeAt });
  }

  clear(key: string): void {
    this.set.delete(key);
    this.cleared.add(key);
  }

  /** A deadline has fired and needs no more attention, unless it was set anew meanwhile. */
  done({ key }: DeadlineRow): void {
    if (!this.set.has(key)) this.cleared.add(key);
  }

  /** Whether a row of the table is still what the log says. */
  stands({ key }: DeadlineRow): boolean {
    return !this.set.has(key) && !this.cleared.has(key);
  }

  takeChanges(): DeadlineChanges {
    const changes = { deadlines: [...this.set.values()], cleared: [...this.cleared] };
    this.set.clear();
    this.cleared.clear();
    this.earliestRipe = undefined;
    return changes;
  }

  putBack({ deadlines, cleared }: DeadlineChanges): void {
    for (const row of deadlines) {
      if (this.stands(row)) this.keep(row);
    }
    for (const key of cleared) if (!this.set.has(key)) this.cleared.add(key);
  }

  private keep(row: DeadlineRow): void {
    this.set.set(row.key, row);
    if (this.earliestRipe === undefined || row.ripeAt < this.earliestRipe) this.earliestRipe = row.ripeAt;
  }
}
