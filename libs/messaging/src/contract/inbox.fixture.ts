import { randomUUID } from 'node:crypto';
import type { AppendRequest, EventStore, NewEvent } from '@murmuration/event-store';
import { instant } from '@murmuration/kernel';
import type { Claim, Inbox, InboxBatch, ParkedRecord } from '../inbox.port';
import type { Watermark } from '../link';

/** An inbox under test, a second handle on the same one, and the store that its events go to. */
export type InboxUnderTest = { readonly inbox: Inbox; readonly other: Inbox; readonly store: EventStore };

export const TOPIC = 'orders.events.v1';
export const NOTHING: AppendRequest = { checks: [], events: [] };

let groups = 0;
export const freshGroup = (): string => `group-${++groups}-${randomUUID()}`;

export const event = (streamId: string, overrides: Partial<NewEvent> = {}): NewEvent => ({
  ...{ streamId, eventId: randomUUID(), type: 'Happened', schemaVersion: 1, data: '{"n":1}' },
  metadata: { correlationId: 'saga', causationId: 'cause', actor: 'step:test', hop: 1 },
  ...overrides,
});

export const batchOf = (claim: Claim, sequence: number, content: Partial<InboxBatch> = {}): InboxBatch => ({
  ...{
    claim,
    sequence,
    nextOffset: String(sequence * 10),
    watermarks: new Map(),
    parked: [],
    settled: [],
    append: NOTHING,
  },
  ...content,
});

export const parkedAt = (group: string, offset: number, overrides: Partial<ParkedRecord> = {}): ParkedRecord => ({
  ...{ id: `${group}:${TOPIC}:0:${offset}`, topic: TOPIC, partition: 0, offset: String(offset), key: 'order-1' },
  ...{
    value: Buffer.from([0xff, 0x00, offset]),
    headers: { ce_id: 'e1', odd: 'a\u0000b' },
    reason: 'NUL \u0000 within',
  },
  ...{ kind: 'failed', holdsKey: true, step: 'reserve', parkedAt: instant('2026-03-01T09:30:00.123Z') },
  ...overrides,
});

export const at = (position: number): Watermark => ({ position, eventId: randomUUID() });
