import { assert } from './assert';

/** A moment in UTC as ISO 8601 with milliseconds, e.g. `2026-03-01T09:30:00.000Z`; instants sort as strings do. */
export type Instant = string & { readonly __brand: 'Instant' };

const PATTERN = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

export const isInstant = (text: string): text is Instant => PATTERN.test(text) && !Number.isNaN(Date.parse(text));

export const instant = (text: string): Instant => {
  assert(isInstant(text), `an ISO 8601 instant with milliseconds in UTC, got ${JSON.stringify(text)}`);
  return text;
};

export const instantOfEpochMs = (epochMs: number): Instant => new Date(epochMs).toISOString() as Instant;

export const epochMs = (moment: Instant): number => Date.parse(moment);

export const plusMs = (moment: Instant, durationMs: number): Instant => instantOfEpochMs(epochMs(moment) + durationMs);

export const isBefore = (left: Instant, right: Instant): boolean => left < right;
