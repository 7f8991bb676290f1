import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BUILT_IN_EVENT_TYPES, parseClientEvent } from './index.js';
import { renderSchemaDocument } from './schema-document.js';

describe('SCHEMA.md', () => {
  it('says what the schemas say (if this fails: npx nx run @analytics/events:schema)', () => {
    expect(readFileSync(join(__dirname, '../SCHEMA.md'), 'utf8')).toBe(renderSchemaDocument());
  });

  it('shows one accepted example of every built-in type and of a custom event', () => {
    const examples = [...renderSchemaDocument().matchAll(/```json\n(.*?)\n```/gs)].map(([, json]) => parseClientEvent(JSON.parse(json)));
    const types = examples.map((result) => (result.ok ? result.event.event_type : result.issues));
    expect(types).toEqual([...BUILT_IN_EVENT_TYPES, 'plan_upgraded']);
  });
});
