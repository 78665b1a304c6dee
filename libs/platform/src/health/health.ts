/** `degraded` works worse than it should, and does not fail the service. */
export type ComponentStatus = 'up' | 'degraded' | 'down';

export type ComponentHealth = { readonly status: ComponentStatus; readonly detail?: string };

export type HealthReport = {
  readonly status: ComponentStatus;
  readonly components: Readonly<Record<string, ComponentHealth>>;
};

export type ComponentCheck = {
  readonly name: string;
  /** Whether the service is of no use while this is down. */
  readonly vital: boolean;
  /** Answers how it is; a rejection means down. */
  readonly check: () => Promise<ComponentHealth> | ComponentHealth;
};

/** A check that takes longer than this has failed. */
export const CHECK_MAX_MS = 2_000;

const timeLimited = async (work: Promise<ComponentHealth>): Promise<ComponentHealth> => {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<ComponentHealth>((resolve) => {
    timer = setTimeout(() => resolve({ status: 'down', detail: `no answer within ${CHECK_MAX_MS} ms` }), CHECK_MAX_MS);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
};

/** How a service and each of its components are. A component that is not vital shows as degraded when it is down. */
export class Health {
  private stopping = false;

  constructor(private readonly checks: readonly ComponentCheck[]) {}

  /** From now on the service asks for no more work. */
  stop(): void {
    this.stopping = true;
  }

  async report(): Promise<HealthReport> {
    const components = Object.fromEntries(await Promise.all(this.checks.map((check) => this.ask(check))));
    const statuses = Object.values(components).map(({ status }) => status);
    const status =
      this.stopping || statuses.includes('down') ? 'down' : statuses.includes('degraded') ? 'degraded' : 'up';
    return {
      status,
      components: this.stopping
        ? { ...components, service: { status: 'down', detail: 'is shutting down' } }
        : components,
    };
  }

  private async ask({ name, vital, check }: ComponentCheck): Promise<[string, ComponentHealth]> {
    const found = await timeLimited(Promise.resolve().then(check).catch(failed));
    return [name, found.status === 'down' && !vital ? { ...found, status: 'degraded' } : found];
  }
}

const failed = (error: unknown): ComponentHealth => ({
  status: 'down',
  detail: error instanceof Error ? error.message : String(error),
});
