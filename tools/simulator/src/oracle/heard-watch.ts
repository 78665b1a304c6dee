import {
  decodeLink,
  watermarkKey,
  type Inbound,
  type InboxPart,
  type Link,
  type Watermark,
} from '@murmuration/messaging';
import type { Database } from '../world/database';
import type { Log } from '../world/log';
import type { Find } from './findings';

/** How far a group has come on one topic-partition, as its database says. */
type Place = { passed: number; readonly watermarks: Map<string, Watermark> };

/**
 * Watches what a group stores of what it has heard: a watermark never goes back, and an offset never passes a record that no
 * watermark covers, since that would never be read again.
 */
export const watchHeard = (database: Database, { broker }: Log, find: Find): void => {
  const places = new Map<string, Place>();
  const links = new WeakMap<Inbound, { readonly link: Link | undefined }>();

  const linkOf = (record: Inbound): Link | undefined => {
    let known = links.get(record);
    if (known === undefined) {
      known = { link: decodeLink(record.headers) };
      links.set(record, known);
    }
    return known.link;
  };
  const placeOf = (name: string): Place => {
    let place = places.get(name);
    if (place === undefined) {
      place = { passed: 0, watermarks: new Map() };
      places.set(name, place);
    }
    return place;
  };

  const look = ({ claim: { group, topic, partition }, nextOffset, watermarks }: InboxPart): void => {
    const target = `${topic}/${partition}`;
    const place = placeOf(`${group} ${target}`);
    for (const [source, watermark] of watermarks) {
      const before = place.watermarks.get(source)?.position ?? 0;
      if (watermark.position < before)
        find('I5', group, `the watermark of ${source} on ${target} goes back from ${before} to ${watermark.position}`);
      place.watermarks.set(source, watermark);
    }
    const next = Number(nextOffset);
    if (next <= place.passed) return;
    for (const record of broker.read(topic, partition, place.passed, next - place.passed)) {
      const link = linkOf(record);
      if (link === undefined) continue;
      const reached = place.watermarks.get(watermarkKey(link))?.position ?? 0;
      if (link.position > reached)
        find(
          'I5',
          record.key ?? group,
          `${group} passed offset ${record.offset} of ${target} with position ${link.position} of ${link.source}, and has come to ${reached}`,
        );
    }
    place.passed = next;
  };

  database.watch({
    heardStored: (parts) => parts.forEach(look),
    failedOver: () => places.clear(),
  });
};
