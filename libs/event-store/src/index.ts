export * from './checkpoints.port';
export * from './commands';
export * from './event-id';
export * from './event-store-error';
export { memoryCoordination } from './memory/memory-coordination';
export { type MemoryEventStoreOptions, memoryEventStore } from './memory/memory-event-store';
export * from './port';
export { EVENTS_PER_APPEND_MAX, EVENT_DATA_CHARS_MAX, STREAM_ID_BYTES_MAX } from './storable';
