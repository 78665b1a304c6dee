import type { Heard, IntegrationData, IntegrationEventName } from '@murmuration/contracts';

/** Everything that was announced, by whom or what it is about. */
export type Words = {
  readonly hear: (heard: Heard) => void;
  /** In the order in which it was stored. */
  readonly said: () => readonly Heard[];
  readonly of: (subject: string) => readonly Heard[];
  /** Whether one of these was said. */
  readonly has: (subject: string, ...names: readonly IntegrationEventName[]) => boolean;
  readonly all: <Name extends IntegrationEventName>(subject: string, name: Name) => readonly IntegrationData<Name>[];
};

export const words = (): Words => {
  const said: Heard[] = [];
  const bySubject = new Map<string, Heard[]>();
  const of = (subject: string): readonly Heard[] => bySubject.get(subject) ?? [];
  return {
    hear: (heard) => {
      said.push(heard);
      const known = bySubject.get(heard.subject);
      if (known === undefined) bySubject.set(heard.subject, [heard]);
      else known.push(heard);
    },
    said: () => said,
    of,
    has: (subject, ...names) => of(subject).some(({ name }) => names.includes(name)),
    all: <Name extends IntegrationEventName>(subject: string, name: Name) =>
      of(subject).flatMap((heard) => (heard.name === name ? [heard.data as IntegrationData<Name>] : [])), // because the name was just compared
  };
};
