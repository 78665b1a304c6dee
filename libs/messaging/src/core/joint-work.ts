import { type AppendRequest, type Decided, type DecisionBatch, mergeRequests } from '@murmuration/event-store';
import { epochMs, type Message } from '@murmuration/kernel';
import type { Clock } from '../clock.port';
import type { Inbox, InboxPart } from '../inbox.port';
import { type ClaimSession, isRefusal, NOTHING, reasonOf, SENDS_MAX, type Stored } from './claim-session';
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
  /** Does all of it by itself, whatever the difficulty; takes the lane when it needs it. */
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

  /** Sends the very same statement a few times while its outcome is unknown. */
  const commit = async (parts: readonly InboxPart[], append: AppendRequest): Promise<Stored> => {
    let unanswered: Extract<Stored, { readonly outcome: 'unknown' }> | undefined;
    for (let attempt = 1; ; attempt++) {
      try {
        const verdict = await inbox.commitTogether(parts, append);
        // One that was claimed anew meanwhile fences all of them, and says nothing of what was sent before.
        return verdict.outcome === 'fenced' ? (unanswered ?? verdict) : verdict;
      } catch (error) {
        if (isRefusal(error)) return { outcome: 'refused', reason: reasonOf(error) };
        onFailure(error);
        unanswered = { outcome: 'unknown', error };
        if (attempt >= SENDS_MAX) return unanswered;
        await rest.wait(backoffMs(attempt, { ...RETRY, chance }));
      }
    }
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
      parts.map(({ part }) => part),
      append,
    );
    const isStored = verdict.outcome === 'committed';
    if (isStored) batch.commit(parts.flatMap(({ decided }) => decided));
    else decisions.forget(append.checks.map(({ streamId }) => streamId));
    for (const [index, job] of jobs.entries()) {
      const part = parts[index];
      if (part === undefined) continue;
      if (isStored) job.stored(part);
      else if (verdict.outcome === 'unknown') job.session.doubt(() => job.stored(part));
    }
    return isStored;
  };

  /** Answers the jobs that could not be done with the others. */
  const work = async (taken: readonly Waiting<Command>[]): Promise<readonly Waiting<Command>[]> => {
    const live = taken.filter(({ job }) => job.session.ended() === undefined);
    const isDone = live.length > 1 && (await together(live.map(({ job }) => job)));
    const left = isDone ? [] : live;
    for (const one of taken) if (!left.includes(one)) one.done();
    return left;
  };

  const pump = async (): Promise<void> => {
    while (waiting.length > 0) {
      const early = PACE_MS - (epochMs(clock.now()) - lastMs);
      // Even without a pause a turn of the event loop lets the batches of one fetch come together.
      await new Promise<void>((resolve) => clock.after(Math.min(Math.max(early, 0), PACE_MS), resolve));
      lastMs = epochMs(clock.now());
      const taken = take();
      try {
        const left = await lane.run(() => work(taken));
        // Not waited for: what has difficulties of its own must not keep the others.
        for (const { job, done, failed } of left) job.alone().then(done, failed);
      } catch (error) {
        for (const { failed } of taken) failed(error);
      }
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
