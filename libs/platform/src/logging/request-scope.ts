import { AsyncLocalStorage } from 'node:async_hooks';

/** What every log line of one piece of work carries. */
export type RequestScope = { readonly correlationId: string };

const storage = new AsyncLocalStorage<RequestScope>();

export const currentScope = (): RequestScope | undefined => storage.getStore();

/** Runs `work`, and whatever it awaits, within the scope. */
export const withinScope = <Result>(scope: RequestScope, work: () => Result): Result => storage.run(scope, work);
