import type { Heard } from '@murmuration/contracts';
import { decodeRecord, isUnheard } from '@murmuration/contracts';
import { assert, type Message } from '@murmuration/kernel';
import type { DecodedRecord, DecodeRecord, Inbound, StepReaction } from '@murmuration/messaging';
import { Server, type CustomTransportStrategy } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';

/** What runs a consumer. */
export type RunningConsumer = {
  stop(): Promise<void>;
  /** Whether it is a member of its group now; always, where there is no such thing. */
  joined?(): boolean;
};

/** Starts to consume; resolves once the consumer is at work or will be by itself as soon as the broker is there. */
export type Consume = (decode: DecodeRecord) => Promise<RunningConsumer>;

/** The handlers bound in a service are not the ones that the choreography declares. */
export class HandlersDiffer extends Error {
  override readonly name = 'HandlersDiffer';
}

export type FlockServerOptions = {
  readonly service: string;
  /** The names of the events that the service's declared steps hear. */
  readonly hears: readonly string[];
  readonly consume: Consume;
};

type Handler = (heard: Heard) => Promise<unknown>;

/**
 * Hosts a service's consumer in Nest: `@EventPattern` handlers say how the service reacts to an event and perform nothing;
 * which record is decided on when, and where offsets are kept, is the consumer's.
 */
export class FlockServer extends Server implements CustomTransportStrategy {
  /** A failing handler fails its record. */
  override readonly propagatesEventHandlerErrors = true;
  private consumer: RunningConsumer | undefined;

  constructor(private readonly options: FlockServerOptions) {
    super();
  }

  /** Rejects with `HandlersDiffer` when a declared event has no handler, or a handler hears what no step declares. */
  async start(): Promise<void> {
    this.checkHandlers();
    this.consumer = await this.options.consume((record) => this.decode(record));
  }

  listen(callback: (error?: unknown) => void): void {
    this.start().then(() => callback(), callback);
  }

  async close(): Promise<void> {
    await this.consumer?.stop();
    this.consumer = undefined;
  }

  on(event: string): never {
    throw new Error(`the flock's transport has no event ${event} to listen to`);
  }

  unwrap<Unwrapped>(): Unwrapped {
    return this.consumer as Unwrapped;
  }

  /** What the service makes of a record: what it reacts with, or why it does not. */
  async decode(record: Pick<Inbound, 'headers' | 'value'>): Promise<DecodedRecord> {
    const { headers, value } = record;
    if (isUnheard(record, (name) => this.messageHandlers.has(name)))
      return { kind: 'ignored', why: `no step of ${this.options.service} hears ${headers['ce_type']}` };
    const decoded = decodeRecord(headers, value === null ? null : value.toString('utf8'));
    if (decoded.kind !== 'heard') return decoded;
    const heard = decoded.event;
    const handler = this.messageHandlers.get(heard.name) as Handler | undefined;
    if (handler === undefined)
      return { kind: 'ignored', why: `no step of ${this.options.service} hears ${heard.name}` };
    return { kind: 'heard', heard, reaction: await this.ask(handler, heard) };
  }

  private async ask(handler: Handler, heard: Heard): Promise<StepReaction> {
    const answer = await handler(heard);
    const reaction = isObservable(answer) ? await lastValueFrom(answer) : answer;
    assert(isReaction(reaction), `the handler of ${heard.name} to answer with a reaction`);
    return reaction;
  }

  private checkHandlers(): void {
    const bound = new Set(this.messageHandlers.keys());
    const missing = this.options.hears.filter((name) => !bound.has(name));
    const extra = [...bound].filter((name) => !this.options.hears.includes(name));
    if (missing.length === 0 && extra.length === 0) return;
    const complaints = [
      ...(missing.length === 0 ? [] : [`no handler for ${missing.join(', ')}`]),
      ...(extra.length === 0 ? [] : [`no step declared for the handler of ${extra.join(', ')}`]),
    ];
    throw new HandlersDiffer(`${this.options.service}: ${complaints.join('; ')}`);
  }
}

const isReaction = (value: unknown): value is StepReaction<Message> =>
  typeof value === 'object' && value !== null && 'step' in value && 'commands' in value && 'stale' in value;
