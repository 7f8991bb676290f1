import type { Filter } from '@analytics/dto/language';
import { filterWords } from './filter-words.js';

describe('a filter in words', () => {
  it.each<[Filter, string]>([
    [{ field: 'page_path', op: 'is', value: '/cart' }, 'Page is /cart'],
    [{ field: 'status_class', op: 'in', values: ['4xx', '5xx'] }, 'Status class is 4xx or 5xx'],
    [{ field: 'browser', op: 'not_in', values: ['Chrome', 'Safari'] }, 'Browser is not Chrome nor Safari'],
    [{ field: 'properties.plan', op: 'exists', value: false }, 'plan is not set'],
    [{ field: 'duration_ms', op: 'gt', value: 250 }, 'Duration (ms) > 250'],
    [{ field: 'country', op: 'is', value: 'DE' }, 'Country is Germany'],
    [{ field: 'day_of_week', op: 'is', value: 7 }, 'Weekday is Sunday'],
    [{ field: 'hour_of_day', op: 'is', value: 9 }, 'Hour of day is 09:00'],
    [{ field: 'referrer_host', op: 'is', value: '' }, 'Referrer is (empty)'],
  ])('says %j as “%s”', (filter, words) => expect(filterWords(filter)).toBe(words));

  it('keeps apart what is nested', () => {
    const page: Filter = { field: 'page_path', op: 'is', value: '/a' };
    const browser: Filter = { field: 'browser', op: 'is_not', value: 'Firefox' };
    const nested = filterWords({ or: [page, { and: [browser, { not: page }] }] });
    expect(nested).toBe('(Page is /a or (Browser is not Firefox and not (Page is /a)))');
  });
});
