import { expectedAnswers } from '../index.js';

const event = (timestamp: string, event_type: string, user_id: string, page_url?: string) => ({
  timestamp,
  event_type,
  user_id,
  properties: { page_url },
});

describe('the expected answers', () => {
  const answers = expectedAnswers([
    event('2026-01-31T12:00:00.000Z', 'page_view', 'a', '/x'),
    event('2026-01-31T12:00:59.999Z', 'page_view', 'b', '/y'),
    event('2026-01-31T14:01:00.000+02:00', 'page_view', 'a', '/y'),
    event('2026-01-31T12:01:30.000Z', 'constructor', 'a', '/x'),
    event('2026-01-31T12:05:00.000Z', 'page_view', '__proto__', '/a'),
  ]);

  it('counts events, distinct users and types', () => {
    expect([answers.total, answers.users]).toEqual([5, 3]);
    expect([...answers.byType]).toEqual([
      ['page_view', 4],
      ['constructor', 1],
    ]);
  });

  it('counts per bucket, whose beginning belongs to it and whose end does not', () => {
    const noon = Date.UTC(2026, 0, 31, 12);
    expect([...answers.buckets].map(([at, types]) => [at - noon, Object.fromEntries(types)])).toEqual([
      [0, { page_view: 2 }],
      [60_000, { page_view: 1, constructor: 1 }],
      [300_000, { page_view: 1 }],
    ]);
  });

  it('ranks pages by views, equal ones by URL', () => {
    expect(answers.topPages).toEqual([
      { page_url: '/y', views: 2 },
      { page_url: '/a', views: 1 },
      { page_url: '/x', views: 1 },
    ]);
  });

  it('refuses an event whose time is not known', () => {
    expect(() => expectedAnswers([{ event_type: 'a', user_id: 'u', properties: {} }])).toThrow('timestamp is undefined');
  });
});
