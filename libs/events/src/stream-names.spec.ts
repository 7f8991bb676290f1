import { partitionKey } from './index.js';

describe('partitionKey', () => {
  it('is the same for all events of one user of one project', () => {
    const one = { project_id: 'shop', user_id: 'u1', event_type: 'page_view' };
    const other = { project_id: 'shop', user_id: 'u1', event_type: 'error' };
    expect(partitionKey(one)).toBe(partitionKey(other));
  });

  it('tells apart users of equal name in different projects, also where the names would run into each other', () => {
    const keys = [
      { project_id: 'shop', user_id: 'u1' },
      { project_id: 'shop2', user_id: 'u1' },
      { project_id: 'shop', user_id: '2u1' },
    ].map(partitionKey);
    expect(new Set(keys).size).toBe(3);
  });
});
