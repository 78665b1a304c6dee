import type { Link } from '../link';
import { decodeLink, encodeLink } from './link-codec';

const first: Link = { source: 'orders', logPartition: 0, position: 1, eventId: 'e1' };
const later: Link = { ...first, position: 7, eventId: 'e7', previous: { position: 5, eventId: 'e5' } };
const headersOf = (link: Link) => ({ ce_id: link.eventId, ...encodeLink(link) });

describe('the headers of a link', () => {
  it.each([
    ['the first record', first],
    ['a later record', later],
  ])('give back the link of %s', (_, link) => {
    expect(decodeLink(headersOf(link))).toEqual(link);
  });

  it.each([
    ['no event id', { ce_id: undefined }],
    ['no source', { mm_source: '' }],
    ['a source that no database takes', { mm_source: 'a\u0000b' }],
    ['a source that no index takes', { mm_source: 'a'.repeat(201) }],
    ['an event id that no database takes', { ce_id: 'e\u0000' }],
    ['a previous id that no database takes', { mm_prev_id: '\u0000' }],
    ['a position that is no count', { mm_position: '7x' }],
    ['a position below 1', { mm_position: '0' }],
    ['a negative log partition', { mm_log: '-1' }],
    ['a position beyond what is exact', { mm_position: '9999999999999999' }],
    ['a previous position without an id', { mm_prev_id: undefined }],
    ['a previous id without a position', { mm_prev_position: undefined }],
    ['a previous position that is not below its own', { mm_prev_position: '7' }],
  ])('are not valid with %s', (_, difference) => {
    expect(decodeLink({ ...headersOf(later), ...difference })).toBeUndefined();
  });

  it('are not there on records of others', () => {
    expect(decodeLink({})).toBeUndefined();
  });
});
