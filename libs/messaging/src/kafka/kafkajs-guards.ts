import { createRequire } from 'node:module';

/** As much of kafkajs 2.2.4's request queue as is guarded. */
type RequestQueue = {
  readonly pending: readonly unknown[];
  readonly throttledUntil: number;
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  checkPendingRequests(): void;
  scheduleCheckPendingRequests(): void;
};

const CHECK_MS = 10;

const load = createRequire(__filename);
let guarded = false;

/**
 * kafkajs checks each connection's queue of waiting requests by a timer that it starts anew for ever, also while nothing
 * waits: a millisecond timer per connection. With this, the timer runs only while requests wait.
 */
export const guardKafkajs = (): void => {
  if (guarded) return;
  guarded = true;
  const { prototype } = load('kafkajs/src/network/requestQueue') as { readonly prototype: RequestQueue };
  prototype.scheduleCheckPendingRequests = function (this: RequestQueue): void {
    if (this.pending.length === 0 || this.throttleCheckTimeoutId !== null) return;
    const throttledMs = this.throttledUntil - Date.now();
    this.throttleCheckTimeoutId = setTimeout(
      () => {
        this.throttleCheckTimeoutId = null;
        this.checkPendingRequests();
      },
      Math.max(throttledMs, CHECK_MS),
    );
  };
};
