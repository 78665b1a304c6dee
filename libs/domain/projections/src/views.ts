import type { Heard } from '@murmuration/contracts';
import type { Fold } from '@murmuration/kernel';
import { customerStream, sagaStream, stockStream } from './archive';
import { auditOrder, auditStock, type Finding } from './audit';
import { customerViewFold } from './customer-view';
import { orderViewFold } from './order-view';
import { stockViewFold } from './stock-view';
import { foldEvents, keysOf, noRows, type ViewName, type ViewRows } from './view-rows';

/** How a view is made: where what it shows is archived, the fold, and what must hold of what is folded. */
export type ViewMaking<Row> = {
  /** The archive's stream of a row. The stream of the empty key begins all of them. */
  readonly streamOf: (key: string) => string;
  readonly fold: Fold<Row | undefined, Heard>;
  readonly audit: (events: readonly Heard[]) => readonly Finding[];
  /** Whether an audit may see a row's events page by page, or must see all of them at once. */
  readonly auditsPages: boolean;
};

type RowOf<View extends ViewName> = ViewRows[View] extends Map<string, infer Row> ? Row : never;

/** The views of the flock. */
export const FLOCK_VIEWS: { readonly [View in ViewName]: ViewMaking<RowOf<View>> } = {
  orders: {
    ...{ streamOf: sagaStream, fold: orderViewFold, auditsPages: false },
    audit: (events) => auditOrder(events, { atRest: false }),
  },
  stock: { streamOf: stockStream, fold: stockViewFold, auditsPages: true, audit: auditStock },
  customers: { streamOf: customerStream, fold: customerViewFold, auditsPages: true, audit: () => [] },
};

/** How what is heard becomes the rows of all views. */
export const flockProjection = { noRows, keysOf, foldEvents } as const;
