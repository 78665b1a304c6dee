import type { Socket } from 'node:net';
import { FrameReader } from './frame-reader';

const IDLE_MS = 600_000;
const QUEUED_FRAMES_MAX = 64;
const QUEUED_BYTES_MAX = 8 * 1024 * 1024;
const UNSENT_BYTES_MAX = 1024 * 1024;

/** The chunks of one response, or null for a request that is not answered. */
export type Answer = readonly Buffer[] | null;

export type ConnectionOptions = {
  readonly frameBytesMax: number;
  /** Answers one frame. A throw or rejection closes the connection. */
  readonly answer: (frame: Buffer, connection: Connection) => Answer | Promise<Answer>;
  readonly log: (line: string) => void;
};

/**
 * One client. Requests are answered one at a time and in order, as Kafka does; while answers are not taken or too many
 * requests wait, nothing more is read.
 */
export class Connection {
  readonly peer: string;
  readonly clientHost: string;
  private readonly frames: FrameReader;
  private readonly queue: Buffer[] = [];
  private queuedBytes = 0;
  private answering = false;
  private closed = false;
  private takesMore = true;
  private readonly closeListeners = new Set<() => void>();

  constructor(
    private readonly socket: Socket,
    private readonly options: ConnectionOptions,
  ) {
    this.clientHost = socket.remoteAddress ?? 'unknown';
    this.peer = `${this.clientHost}:${socket.remotePort ?? 0}`;
    this.frames = new FrameReader(options.frameBytesMax);
    socket.setNoDelay(true);
    socket.setTimeout(IDLE_MS, () => this.close());
    socket.on('data', (bytes: Buffer) => this.receive(bytes));
    socket.on('drain', () => this.next());
    // A reset by the peer ends in `close` too, and is nothing to speak of.
    socket.on('error', () => undefined);
    socket.on('close', () => this.onClosed());
  }

  get localAddress(): string {
    return this.socket.localAddress ?? '127.0.0.1';
  }

  get isOpen(): boolean {
    return !this.closed;
  }

  /** Calls back once when the connection is gone; the result takes that back. */
  onClose(listener: () => void): () => void {
    this.closeListeners.add(listener);
    return () => this.closeListeners.delete(listener);
  }

  /** Answers the request in hand, if any, and nothing that comes after it. */
  takeNoMore(): void {
    this.takesMore = false;
    this.queue.length = 0;
  }

  close(): void {
    this.closed = true;
    this.queue.length = 0;
    this.socket.destroy();
  }

  private receive(bytes: Buffer): void {
    if (this.closed || !this.takesMore) return;
    try {
      for (const frame of this.frames.push(bytes)) {
        this.queue.push(frame);
        this.queuedBytes += frame.length;
      }
    } catch (error) {
      this.refuse(error);
      return;
    }
    if (this.queue.length > QUEUED_FRAMES_MAX || this.queuedBytes > QUEUED_BYTES_MAX) this.socket.pause();
    this.next();
  }

  private next(): void {
    while (!this.answering && !this.closed && this.socket.writableLength <= UNSENT_BYTES_MAX) {
      const frame = this.queue.shift();
      if (frame === undefined) break;
      this.queuedBytes -= frame.length;
      this.answering = true;
      this.answer(frame);
    }
    const hasRoom = this.queue.length <= QUEUED_FRAMES_MAX / 2 && this.queuedBytes <= QUEUED_BYTES_MAX / 2;
    if (hasRoom && this.socket.isPaused() && !this.closed) this.socket.resume();
  }

  private answer(frame: Buffer): void {
    try {
      const answer = this.options.answer(frame, this);
      if (!(answer instanceof Promise)) {
        this.send(answer);
        return;
      }
      answer.then(
        (chunks) => {
          this.send(chunks);
          this.next();
        },
        (error: unknown) => this.refuse(error),
      );
    } catch (error) {
      this.refuse(error);
    }
  }

  private send(chunks: Answer): void {
    this.answering = false;
    if (chunks === null || this.closed) return;
    if (chunks.length === 1) {
      this.socket.write(chunks[0]!);
      return;
    }
    this.socket.cork();
    for (const chunk of chunks) this.socket.write(chunk);
    this.socket.uncork();
  }

  private refuse(error: unknown): void {
    if (this.closed) return;
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    this.options.log(`${this.peer}: closed: ${reason}`);
    this.close();
  }

  private onClosed(): void {
    this.closed = true;
    this.queue.length = 0;
    for (const listener of this.closeListeners) listener();
    this.closeListeners.clear();
  }
}
