import type { HearingService } from '@murmuration/contracts';
import type { Message } from '@murmuration/kernel';
import { play } from '../play/play';
import { SCRIPTS } from '../play/scripts';
import { routineEvents } from './routine';

/** The names and kinds of all fields of a value, so that two values of one shape are known. */
const shapeOf = (value: unknown): string => {
  if (Array.isArray(value)) return `[${[...new Set(value.map(shapeOf))].sort().join('|')}]`;
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  return `{${Object.entries(value)
    .map(([name, inner]) => `${name}:${shapeOf(inner)}`)
    .sort()
    .join()}}`;
};

export type StoredSamples = ReadonlyMap<HearingService, ReadonlyMap<string, readonly Message[]>>;

/** What the services store today in all plays and in their routine: of each type of event one example of each shape. */
export const storedSamples = (): StoredSamples => {
  const services = new Map<HearingService, Map<string, Map<string, Message>>>();
  const keep = (service: HearingService, event: Message): void => {
    const types = services.get(service) ?? new Map<string, Map<string, Message>>();
    const shapes = types.get(event.type) ?? new Map<string, Message>();
    const shape = shapeOf(event);
    if (!shapes.has(shape)) shapes.set(shape, event);
    services.set(service, types.set(event.type, shapes));
  };
  for (const { service, events } of routineEvents()) for (const event of events) keep(service, event);
  for (const { decisions } of SCRIPTS.map((script) => play(script)))
    for (const { service, stored } of decisions) for (const event of stored) keep(service as HearingService, event); // because only they are cast in a play
  return new Map(
    [...services].map(([service, types]) => [
      service,
      new Map([...types].map(([type, shapes]) => [type, [...shapes.values()]])),
    ]),
  );
};
