import { type AppendRequest, type Decided, type DecisionBatch, mergeRequests } from '@murmuration/event-store';
import { epochMs, type Message } from '@murmuration/kernel';
import type { Clock } from '../clock.port';
import type { Inbox, InboxPart, InboxVerdict } from '../inbox.port';
import { type ClaimSession, isRefusal, NOTHING, reasonOf } from './claim-session';
import { type Decisions, readMissing, type StreamReader } from './decisions';
import type { Lane } from './lane';
import { backoffMs, pauseOf } from './pause';

/** What one topic-partition adds to a statement that it shares with others. */
export type JointPart = {
  readonly part: InboxPart;
  readonly decided: readonly Decided[];
  readonly append: AppendRequest;
};

/** One topic-partition's micro-batch. */
export type Job<Command extends Message> = {
  readonly session: ClaimSession;
  readonly records: number;
  readonly commands: readonly Command[];
  /** Decides on a batch that others share; nothing when a record of it cannot be decided with others. */
  decide(batch: DecisionBatch<Command, Message, Message>): Promise<JointPart | undefined>;
  stored(part: JointPart): void;
  /** Does all of it by itself, whatever the difficulty. */
  alone(): Promise<void>;
};

export type JointWork<Command extends Message> = {
  /** Resolves once the job is done, together with others or alone. */
  do(job: Job<Command>): Promise<void>;
};

export type JointWorkOptions<Command extends Message> = {
  readonly inbox: Pick<Inbox, 'commitTogether'>;
  readonly reader: StreamReader;
  readonly decisions: Decisions<Command>;
  readonly lane: Lane;
  readonly clock: Clock;
  readonly chance: () => number;
  readonly onFailure: (error: unknown) => void;
};

/** Records of one statement; a single job may have more. */
const RECORDS_TOGETHER_MAX = 1_000;
/** The least time from one statement to the next: what comes meanwhile goes together. The first after a rest goes at once. */
const PACE_MS = 8;
const RETRY = { firstMs: 50, maxMs: 1_000 };

type Waiting<Command extends Message> = {
  readonly job: Job<Command>;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
};

/**
 * Decides and stores the micro-batches of several topic-partitions in one statement: what waits while one is under way
 * goes together in the next. Anything out of the ordinary is left to each one alone.
 */
export const jointWork = <Command extends Message>(options: JointWorkOptions<Command>): JointWork<Command> => {
  const { inbox, reader, decisions, lane, clock, chance, onFailure } = options;
  const rest = pauseOf(clock);
  let waiting: Waiting<Command>[] = [];
  let pumping = false;
  let lastMs = Number.NEGATIVE_INFINITY;

  const take = (): readonly Waiting<Command>[] => {
    let records = 0;
    let count = 0;
    for (const { job } of waiting) {
      records += job.records;
      if (count > 0 && records > RECORDS_TOGETHER_MAX) break;
      count += 1;
    }
    const taken = waiting.slice(0, count);
    waiting = waiting.slice(count);
    return taken;
  };

  /** Sends the very same statement until its outcome is known, or nobody is left to whom it matters. */
  const commit = async (
    jobs: readonly Job<Command>[],
    parts: readonly InboxPart[],
    append: AppendRequest,
  ): Promise<InboxVerdict | undefined> => {
    for (let attempt = 1; jobs.some(({ session }) => session.ended() === undefined); attempt++) {
      try {
        return await inbox.commitTogether(parts, append);
      } catch (error) {
        if (append.events.length > 0 && isRefusal(error)) return { outcome: 'refused', reason: reasonOf(error) };
        onFailure(error);
        await rest.wait(backoffMs(attempt, { ...RETRY, chance }));
      }
    }
    return undefined;
  };

  /** Answers whether the jobs are done. */
  const together = async (jobs: readonly Job<Command>[]): Promise<boolean> => {
    const batch = decisions.shared();
    const commands = jobs.flatMap((job) => job.commands);
    const parts: JointPart[] = [];
    try {
      await readMissing(batch, commands, reader, { streams: new Map(), commands: new Map() });
      for (const job of jobs) {
        const part = await job.decide(batch);
        if (part === undefined) return false;
        parts.push(part);
      }
    } catch (error) {
      onFailure(error);
      return false;
    }
    const requests = parts.map((part) => part.append).filter(({ checks, events }) => checks.length + events.length > 0);
    const append = requests.length === 0 ? NOTHING : mergeRequests(requests);
    const verdict = await commit(
      jobs,
      parts.map(({ part }) => part),
      append,
    );
    if (verdict?.outcome !== 'committed') {
      decisions.forget(append.checks.map(({ streamId }) => streamId));
      return verdict === undefined;
    }
    batch.commit(parts.flatMap(({ decided }) => decided));
    for (const [index, job] of jobs.entries()) {
      const part = parts[index];
      if (part) job.stored(part);
    }
    return true;
  };

  const work = async (taken: readonly Waiting<Command>[]): Promise<void> => {
    const live = taken.filter(({ job }) => job.session.ended() === undefined);
    const isDone = live.length > 1 && (await together(live.map(({ job }) => job)));
    for (const { job, done, failed } of taken) {
      try {
        if (!isDone && job.session.ended() === undefined) await job.alone();
        done();
      } catch (error) {
        failed(error);
      }
    }
  };

  const pump = async (): Promise<void> => {
    while (waiting.length > 0) {
      const early = PACE_MS - (epochMs(clock.now()) - lastMs);
      // Even without a pause a turn of the event loop lets the batches of one fetch come together.
      await new Promise<void>((resolve) => clock.after(Math.min(Math.max(early, 0), PACE_MS), resolve));
      lastMs = epochMs(clock.now());
      await lane.run(() => work(take()));
    }
    pumping = false;
  };

  return {
    do: (job) =>
      new Promise((done, failed) => {
        waiting.push({ job, done, failed });
        if (pumping) return;
        pumping = true;
        void pump().catch(onFailure);
      }),
  };
};
