import { filterFault } from '@analytics/dto/language';
import type { ListedEvent } from '../api/event-list.js';
import { conditionOn, fieldsOf, fieldValue, searchFilter } from './event-fields.js';

const EVENT: ListedEvent = {
  eventId: '0190f3a2-0000-7000-8000-00000000abcd',
  timestamp: '2026-01-31T11:59:59.950Z',
  receivedAt: '2026-01-31T12:00:00.000Z',
  eventType: 'api_call',
  userId: 'ada',
  properties: {
    method: 'GET',
    status_code: 404,
    duration_ms: '12',
    session_id: 'no uuid',
    amount: 0,
    first: false,
    cart: { items: 2 },
    note: null,
  },
  pagePath: null,
  pageHost: null,
  referrerHost: null,
  sessionId: null,
  browser: 'Firefox',
  os: null,
  device: null,
  country: null,
  clockAdjusted: false,
};

describe('the values of an event', () => {
  it('are each shown once, by the name that the query language has for them', () => {
    expect(Object.fromEntries(fieldsOf(EVENT).map(({ field, value }) => [field, value]))).toEqual({
      type: 'api_call',
      user: 'ada',
      browser: 'Firefox',
      method: 'GET',
      status_code: 404,
      'properties.duration_ms': '12',
      'properties.session_id': 'no uuid',
      'properties.amount': 0,
      'properties.first': false,
    });
  });

  it('can all be filtered by, unless they are too long for it', () => {
    const { filters, none } = {
      filters: fieldsOf(EVENT).map(({ field, value }) => conditionOn(field, value, 'is')),
      none: conditionOn('user', 'x'.repeat(1025), 'is'),
    };
    expect([filters.includes(undefined), none]).toEqual([false, undefined]);
  });

  it('are absent where the event lacks them', () => {
    expect([fieldValue(EVENT, 'country'), fieldValue(EVENT, 'properties.cart'), fieldValue(EVENT, 'properties.nothing')]).toEqual(
      Array(3).fill(undefined),
    );
  });

  it('are searched for by a filter that the API takes', () => expect(filterFault([searchFilter('a"%_\\')])).toBeUndefined());
});
