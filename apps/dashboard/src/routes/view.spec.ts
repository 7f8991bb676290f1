import type { Filter } from '@analytics/dto/language';
import { defaultParseSearch, defaultStringifySearch } from '@tanstack/react-router';
import { setParams, viewSearch, type ViewSearch } from './view.js';

const FILTERS: Filter[] = [
  { field: 'page_path', op: 'is', value: '/a&b=%20"c"' },
  { or: [{ field: 'status_code', op: 'gte', value: 500 }, { not: { field: 'browser', op: 'in', values: ['Chrome', '7'] } }] },
];

const throughTheAddress = (search: ViewSearch): ViewSearch => viewSearch(defaultParseSearch(defaultStringifySearch(search)));

describe('a view in the address', () => {
  it.each<[string, ViewSearch]>([
    ['a period', { project: 'demo', period: 'last_7_days', granularity: '1d', compare: 'same_weekday', zone: 'Europe/Berlin' }],
    [
      'a range of one’s own',
      { from: '2026-03-01T00:00:00.000Z', to: '2026-03-02T12:30:00.000Z', compareFrom: '2026-02-01T00:00:00.000Z' },
    ],
    ['nested filters', { filters: FILTERS }],
    ['nothing', {}],
  ])('comes back as it was: %s', (_name, search) => expect(throughTheAddress(search)).toEqual(viewSearch({ ...search })));

  it('drops what is not valid instead of breaking', () => {
    const filters = [{ field: 'x', op: 'is' }];
    const wrong = { project: 'No such', period: 'soon', granularity: '2m', filters, compare: 'x', zone: 'Mars/Base', to: 'x' };
    expect(Object.values(viewSearch(wrong)).filter((value) => value !== undefined)).toEqual([]);
  });

  it('takes a range rather than a period when both are given, as the gateway allows only one', () => {
    expect(setParams(viewSearch({ period: '7d', from: '2026-03-01T00:00:00Z' }))).toMatchObject({ from: '2026-03-01T00:00:00Z' });
    expect(setParams(viewSearch({ period: '7d', from: '2026-03-01T00:00:00Z' }))).not.toHaveProperty('period');
  });

  it('asks for all filters at once, those of a panel after those of the view', () => {
    const { filters } = setParams({ filters: [FILTERS[0]!] }, [FILTERS[1]!]);
    expect(JSON.parse(filters ?? '')).toEqual(FILTERS);
  });
});
