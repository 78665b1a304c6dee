import { Command as BusCommand, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { CommandEnvelope, CommandProcessor, Executed, StoredEvent } from '@murmuration/event-store';
import type { Message } from '@murmuration/kernel';
import type { Backlog } from '@murmuration/messaging';
import type { CommandContext } from '../http/command-context';
import { problem } from '../http/problem';
import { Answer } from './answer';
import type { Conditional, VersionDiffers, Versioned } from './conditional-model';
import type { StreamReader } from './stream-reader';

/** The aggregate that a command is for. */
export type Target = {
  /** Shown in the answer. */
  readonly streamId: string;
  /** The correlation id of everything that follows: the order's id. The request's own when nothing follows in other services. */
  readonly saga?: string;
};

/** One command of a service's rules on its way through the bus. */
export class Execute<Command extends Message = Message> extends BusCommand<Answer> {
  constructor(
    readonly command: Command,
    readonly target: Target,
    readonly context: CommandContext,
  ) {
    super();
  }
}

type Rules<State> = {
  readonly processor: CommandProcessor<Conditional<Message>, Message, Message | VersionDiffers>;
  readonly streams: StreamReader<State>;
  readonly streamOf: (event: Message) => string;
  /** What an event that was just decided left behind, if that is still known. */
  readonly leftBy: (event: Message) => Versioned<State> | undefined;
  /** Says whether anything new may be begun; whoever has none begins whatever is asked for. */
  readonly backlog?: Pick<Backlog, 'admit'>;
  /** The types of the commands that finish what has begun, and are always carried out. */
  readonly finishing?: ReadonlySet<string>;
  /** Told how each command ended, for the metrics. */
  readonly onExecuted?: (command: string, outcome: CommandOutcome, events: number) => void;
};

/** `turned-away`: nothing new was begun just then. */
export type CommandOutcome = Executed['outcome'] | 'turned-away' | 'failed';

const envelopeOf = ({ command, target, context }: Execute): CommandEnvelope<Conditional<Message>> => {
  const { commandId, ifMatch, requestHash, traceparent } = context;
  return {
    commandId,
    command: ifMatch === undefined ? command : { ...command, ifMatch: { streamId: target.streamId, version: ifMatch } },
    metadata: {
      correlationId: target.saga ?? context.correlationId,
      causationId: commandId,
      actor: context.actor,
      hop: 0,
      ...(requestHash === undefined ? {} : { requestHash }),
      ...(traceparent === undefined ? {} : { traceparent }),
    },
  };
};

/** More events than one command stores in one stream. */
const EVENTS_PER_COMMAND_MAX = 1_000;

/** Every command of every service takes this way: decide and store, then answer with the aggregate as the command left it. */
@CommandHandler(Execute)
export class ExecuteHandler<State> implements ICommandHandler<Execute> {
  constructor(private readonly rules: Rules<State>) {}

  async execute(request: Execute): Promise<Answer> {
    const { command, target, context } = request;
    const { processor, onExecuted } = this.rules;
    const repeatable = context.requestHash !== undefined;
    await this.admit(command.type, context.commandId, repeatable);
    try {
      const executed = await processor.execute(envelopeOf(request), { repeatable });
      onExecuted?.(command.type, executed.outcome, executed.outcome === 'accepted' ? executed.events.length : 0);
      return await this.answerTo(executed, target.streamId, context);
    } catch (error) {
      onExecuted?.(command.type, 'failed', 0);
      throw error;
    }
  }

  private async admit(command: string, commandId: string, repeatable: boolean): Promise<void> {
    const { backlog, finishing, onExecuted } = this.rules;
    if (backlog === undefined || finishing?.has(command) === true) return;
    try {
      await backlog.admit(commandId, { repeatable });
    } catch (error) {
      onExecuted?.(command, 'turned-away', 0);
      throw error;
    }
  }

  private async answerTo(executed: Executed, streamId: string, context: CommandContext): Promise<Answer> {
    if (executed.outcome === 'rejected') return Answer.rejected(executed.rejection);
    const { version, state } = await (executed.outcome === 'accepted'
      ? this.afterDeciding(executed, streamId)
      : this.asAnsweredBefore(executed.first, streamId, context));
    return Answer.state(streamId, version, state);
  }

  private afterDeciding(
    { events, stored }: Extract<Executed, { outcome: 'accepted' }>,
    streamId: string,
  ): Promise<Versioned<State>> {
    const last = events.findLastIndex((event) => this.rules.streamOf(event) === streamId);
    const { streams, leftBy } = this.rules;
    const [event, version] = [events[last], stored[last]?.version];
    if (event === undefined || version === undefined) return streams.current(streamId);
    const left = leftBy(event);
    return left?.version === version ? Promise.resolve(left) : streams.at(streamId, version);
  }

  /** The same request again gets the same answer: the aggregate as the first one left it. */
  private async asAnsweredBefore(
    first: StoredEvent,
    streamId: string,
    context: CommandContext,
  ): Promise<Versioned<State>> {
    if (first.metadata.requestHash !== context.requestHash)
      throw problem(
        'idempotency-key-reused',
        'A request with this Idempotency-Key and another body was accepted before',
      );
    const { streams } = this.rules;
    const after = first.streamId === streamId ? first.version - 1 : 0;
    const events = await streams.events(streamId, after, EVENTS_PER_COMMAND_MAX);
    const version = events.findLast(({ metadata }) => metadata.causationId === context.commandId)?.version;
    return version === undefined ? streams.current(streamId) : streams.at(streamId, version);
  }
}
