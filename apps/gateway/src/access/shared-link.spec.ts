import type { SharedView } from '@analytics/timescale';
import { withinReach, type Caller } from './caller.js';

const is = (field: string, value: string) => ({ field, op: 'is', value });
const SWISS = is('country', 'CH');
const link: SharedView = { kind: 'link', id: 'a1', name: 'Swiss', projectId: 'demo', page: 'overview', search: JSON.stringify({ filters: [SWISS] }) };
const caller: Caller = { ...link, credential: '' };
/** The live question of sums that there was first. */
const ask = (params: Record<string, unknown>) => withinReach(caller, 'timeseries', params);
const filtersOf = (params: Record<string, unknown>): unknown => JSON.parse(String(ask(params)['filters']));

describe('a live question of a shared link', () => {
  it('is narrowed to its project and filters, whether filters are text or values', () => {
    expect(ask({ period: '1h' })).toEqual({ period: '1h', project: 'demo', filters: JSON.stringify([SWISS]) });
    const more = is('type', 'error');
    for (const filters of [more, [more], JSON.stringify(more), JSON.stringify([more])]) expect(filtersOf({ filters })).toEqual([SWISS, more]);
    expect(filtersOf({ filters: null })).toEqual([SWISS]);
  });

  it.each([{ project: 'self' }, { filters: is('user', 'x') }, { filters: [{ not: is('session', 'x') }] }, { steps: [{ filters: [is('user', 'x')] }] }])(
    'is refused when it asks for more: %j',
    (params) => {
      expect(() => ask(params)).toThrow(expect.objectContaining({ status: 403 }));
    },
  );

  it('is refused when it is nested without end, and not walked through', () => {
    const deep = JSON.parse('['.repeat(20_000) + ']'.repeat(20_000)) as unknown;
    expect(() => ask({ filters: deep })).toThrow(expect.objectContaining({ status: 400 }));
  });

  it.each(['events/recent', 'ledger', 'dead-letters', 'metrics/summary', 'metrics/top', 'events', 'values'] as const)('cannot be %s', (question) => {
    expect(() => withinReach(caller, question, {})).toThrow(expect.objectContaining({ status: 403 }));
  });
});
