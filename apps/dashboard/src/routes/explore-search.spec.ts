import { defaultParseSearch, defaultStringifySearch } from '@tanstack/react-router';
import { eventsSearch, funnelsSearch, pathsSearch, retentionSearch } from './explore-search.js';

type Search = Record<string, unknown>;
const ID = '0190f3a2-0000-7000-8000-00000000abcd';
const FILTERS = [
  { field: 'page_path', op: 'is', value: '/a b?c&d=é' },
  {
    or: [
      { field: 'properties.plan', op: 'in', values: ['pro', 'x,y'] },
      { field: 'country', op: 'exists' },
    ],
  },
];

/** As the address bar has it, read again. */
const readBack = (read: (raw: Search) => object, search: Search): Search =>
  JSON.parse(JSON.stringify(read(defaultParseSearch(defaultStringifySearch(read(search) as Search))))) as Search;

describe('what the pages keep in the address', () => {
  it.each<[string, (raw: Search) => object, Search]>([
    ['events', eventsSearch, { q: 'a&b=c', user: '007', event: ID, at: '2026-01-31T11:59:59.950Z', columns: 'summary,properties.amount' }],
    ['funnels', funnelsSearch, { steps: [{ name: 'Cart', filters: FILTERS }, {}], window: '30m', by: 'user', view: 'table' }],
    ['retention', retentionSearch, { start: FILTERS, return: [FILTERS[0]], by: 'session', interval: 'week', show: 'counts' }],
    ['paths', pathsSearch, { anchor: '/10', direction: 'previous', depth: 4, limit: 20, view: 'table' }],
  ])('reads the view of %s back from its own link', (_, read, search) => expect(readBack(read, search)).toEqual(search));

  it('takes digits that were typed into the address for text', () => {
    expect(eventsSearch(defaultParseSearch('?user=42&q=404'))).toMatchObject({ user: '42', q: '404' });
  });

  it.each<[string, (raw: Search) => object, Search]>([
    ['an id that is none', eventsSearch, { event: 'x', at: '2026-01-31T11:59:59.950Z' }],
    ['columns that do not exist, or are the usual ones', eventsSearch, { columns: 'nonsense' }],
    ['a funnel of one step', funnelsSearch, { steps: [{}] }],
    ['a funnel of nine steps', funnelsSearch, { steps: Array.from({ length: 9 }, () => ({})) }],
    ['a window that is longer than the API allows', funnelsSearch, { window: '91d' }],
    ['filters that the API would refuse', retentionSearch, { start: [{ field: 'colour', op: 'is', value: 'red' }] }],
    ['a depth that is not offered', pathsSearch, { depth: 5, limit: 7, anchor: '' }],
  ])('is as if it were not there: %s', (_, read, search) => expect(readBack(read, search)).toEqual({}));

  it('drops what is wrong with one step and keeps the others', () => {
    const { steps } = funnelsSearch({ steps: [{ name: 'x'.repeat(101), filters: FILTERS }, 'no step', { filters: [{ bad: 1 }] }] });
    expect(steps).toEqual([{ filters: FILTERS }, {}, {}]);
  });
});
