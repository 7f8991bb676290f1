import { parseClientEvent, parseEventText, parseIngestedEvent, stampEvent, TrafficModel, type IngestedEvent } from './index.js';
import { isPlainClientEvent, isPlainEvent, isPlainText } from './plain-event.js';
import { Random } from './traffic/random.js';

const NOW = Date.UTC(2026, 0, 31, 12);

function trafficEvents(count: number): IngestedEvent[] {
  const model = new TrafficModel({ seed: 7, startAt: NOW, eventsPerSecond: 1_000 });
  return model.advanceTo(NOW + 10_000).slice(0, count).map(({ context, ...event }) => {
    const stamped = stampEvent(event, { project_id: 'demo', ...context }, { now: NOW + 10_000, retentionDays: 90, newId: () => '' });
    if (!stamped.ok) throw new Error(JSON.stringify(stamped.issues));
    return stamped.event;
  });
}

const isPlain = (text: string): boolean => isPlainText(text) && isPlainEvent(JSON.parse(text));

/** JSON texts of what may stand in a field: right in one, wrong in another, and wrong everywhere. */
const VALUES = [
  ...['null', 'true', 'false', '0', '-1', '1', '1.5', '99', '600', '1e21', '1e400', '-0', '9007199254740993', '[]', '[1]', '{}', '{"a":[]}'],
  ...['""', '"a"', '" "', '"GET"', '"get"', '"page_view"', '"Page"', '"a\\u0000b"', '"\\ud800"', '"\\ud83d\\ude00"', '"ü"', '"🙂"'],
  ...['"https://shop.example/"', '"ftp://shop.example/"', '"https://"', '"http:/x"', '" https://shop.example"', '"//shop.example"'],
  ...['"2026-02-28T12:00:00.000Z"', '"2026-02-29T12:00:00.000Z"', '"2026-04-31T12:00:00.000Z"', '"2026-01-31T24:00:00.000Z"', '"2026-01-31T12:00:00Z"'],
  ...['"2026-01-31T12:00:60.000Z"', '"2026-01-31T12:00:00.000+01:00"', '"1969-01-31T12:00:00.000Z"'],
  ...['"6f1a2f0e-93b5-4b53-a3c0-5d1f0c8f7a21"', '"6F1A2F0E-93b5-4b53-a3c0-5d1f0c8f7a21"', '"6f1a2f0e-93b5-0b53-a3c0-5d1f0c8f7a21"'],
  ...[64, 65, 128, 129, 1024, 1025, 2049, 5000, 40_000].map((length) => JSON.stringify('x'.repeat(length))),
];

describe('an event that is taken for plain', () => {
  it('is one that the schemas take too, however it was spoilt', () => {
    const random = new Random('spoil');
    const pick = <T>(list: readonly T[]): T => list[random.below(list.length)];
    const events = trafficEvents(2_000);
    let plain = 0;
    for (let round = 0; round < 40_000; round++) {
      const event = structuredClone(pick(events)) as unknown as Record<string, unknown>;
      const target = random.chance(0.5) ? event : (event['properties'] as Record<string, unknown>);
      const key = random.chance(0.1) ? pick(['__proto__', 'strange', 'constructor', 'clock_adjusted', 'country']) : pick(Object.keys(target));
      if (random.chance(0.1)) delete target[key];
      else Object.defineProperty(target, key, { value: 'SPOILT', enumerable: true, configurable: true });
      const text = JSON.stringify(event).replace('"SPOILT"', pick(VALUES));
      if (!isPlain(text)) continue;
      plain++;
      const judged = parseIngestedEvent(JSON.parse(text));
      if (!judged.ok) throw new Error(`${text}: ${JSON.stringify(judged.issues)}`);
    }
    expect(plain).toBeGreaterThan(5_000);
  });

  it('is one that the schema of clients takes too', () => {
    const random = new Random('client');
    const pick = <T>(list: readonly T[]): T => list[random.below(list.length)];
    const events = trafficEvents(500).map(({ event_id, timestamp, event_type, user_id, properties }) => ({ event_id, timestamp, event_type, user_id, properties }));
    let plain = 0;
    for (let round = 0; round < 10_000; round++) {
      const event = structuredClone(pick(events)) as Record<string, unknown>;
      const key = pick([...Object.keys(event), 'project_id', 'received_at', 'browser']);
      if (random.chance(0.3)) delete event[key];
      else event[key] = 'SPOILT';
      const text = JSON.stringify(event).replace('"SPOILT"', pick(VALUES));
      const value: unknown = JSON.parse(text);
      if (!isPlainText(text) || !isPlainClientEvent(value)) continue;
      plain++;
      expect([text, parseClientEvent(value)]).toEqual([text, { ok: true, event: value }]);
    }
    expect(plain).toBeGreaterThan(1_000);
  });

  it('is all that the traffic consists of', () => {
    expect(trafficEvents(2_000).map((event) => JSON.stringify(event)).filter((text) => !isPlain(text))).toEqual([]);
  });
});

describe('the text of an event', () => {
  const text = JSON.stringify(trafficEvents(1)[0]);
  const event = JSON.parse(text) as IngestedEvent;

  it('gives the event, and its properties as they were written', () => {
    expect(parseEventText(text)).toEqual({ ok: true, event, propertiesText: JSON.stringify(event.properties) });
    const spaced = text.replace('"viewport_width":', '"viewport_width" : ');
    expect(parseEventText(spaced)).toMatchObject({ ok: true, event, propertiesText: spaced.slice(spaced.indexOf('{"page_url"'), -1) });
  });

  it.each([
    ['do not come last', JSON.stringify({ ...event, properties: undefined }).replace('{', `{"properties":${JSON.stringify(event.properties)},`)],
    ['are not plain', JSON.stringify({ ...event, properties: { ...event.properties, nested: { properties: 1 } } })],
    ['stand behind a blank', text.replace('"properties":', ' "properties":')],
  ])('gives the event alone when its properties %s', (_, other) => {
    expect(parseEventText(other)).toMatchObject({ ok: true, event, propertiesText: undefined });
  });

  it('says what is wrong, and what it was', () => {
    expect(parseEventText('{"a":')).toEqual({ ok: false, issues: [{ path: '(root)', message: expect.stringContaining('is not valid JSON') as string }], value: '{"a":' });
    expect(parseEventText('[1]')).toMatchObject({ ok: false, value: [1] });
  });
});
