import { archiveCodec, flockProjection } from '@murmuration/domain-projections';
import { runProjection, type RunningProjection, type RunProjectionOptions } from '@murmuration/effects';
import type { EventStore } from '@murmuration/event-store';
import type { ViewStore } from './view-store.port';

export type ViewUpdaterOptions = Pick<RunProjectionOptions<never, never>, 'coordination' | 'failed'> & {
  readonly store: EventStore;
  readonly views: ViewStore;
};

export type ViewUpdater = RunningProjection;

/** Keeps the views up with the archive, in one process at a time. */
export const startViewUpdater = ({ store, coordination, views, failed }: ViewUpdaterOptions): ViewUpdater =>
  runProjection({
    ...{ name: 'views', store, coordination, projection: flockProjection, rows: views, failed },
    decode: (stored) => archiveCodec.decode(stored).heard,
  });
