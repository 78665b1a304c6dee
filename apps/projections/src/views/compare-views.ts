import type { Heard } from '@murmuration/contracts';
import { archiveCodec, FLOCK_VIEWS, type Finding, type ViewRows } from '@murmuration/domain-projections';
import { compareProjection, type ProjectionComparison } from '@murmuration/effects';
import type { EventStore } from '@murmuration/event-store';
import type { ViewStore } from './view-store.port';

export type ViewComparison = ProjectionComparison<Finding>;

type Archive = Pick<EventStore, 'logPartitions' | 'readLog' | 'readStreams'>;

/** Rebuilds every row from the archive and compares it with the live one, and audits each order and SKU on the way. */
export const compareViews = (archive: Archive, views: ViewStore): Promise<ViewComparison> =>
  compareProjection<Heard, ViewRows, Finding>({
    store: archive,
    decode: (stored) => archiveCodec.decode(stored).heard,
    ...{ rows: views, makings: FLOCK_VIEWS },
  });
