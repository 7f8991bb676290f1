import { EventScanner, eventPackCodec, instantMs, PackedEvent, parseEventText, stampEvent, TrafficModel, type IngestedEvent } from './index.js';
import { Random } from './traffic/random.js';

const NOW = Date.UTC(2026, 0, 31, 12);
const { frame } = eventPackCodec;

function trafficTexts(count: number): string[] {
  const model = new TrafficModel({ seed: 7, startAt: NOW - 30_000, eventsPerSecond: 1_000, users: 40, pageVariants: 3 });
  return model.advanceTo(NOW).slice(0, count).map(({ context, ...event }, index) => {
    const stamped = stampEvent(event, { project_id: 'demo', ...context }, { now: NOW + index, retentionDays: 90, newId: () => '' });
    if (!stamped.ok) throw new Error(JSON.stringify(stamped.issues));
    return JSON.stringify(stamped.event);
  });
}

/** JSON of what may stand somewhere: right in one place, wrong in another, and wrong everywhere. */
const VALUES = [
  ...['null', 'true', 'false', '0', '-1', '1', '1.5', '0.1', '-0.001', '99', '600', '01', '-', '1.', '.5', '1e21', '1e400', '-0', '1.0', '9007199254740993'],
  ...['123456789012345', '1234567890123456', '[]', '[1]', '{}', '{"a":[]}', '""', '"a"', '" "', '"GET"', '"get"', '"page_view"', '"Page"', 'tru', 'nul'],
  ...['"a\\u0000b"', '"\\ud800"', '"\\ud83d\\ude00"', '"ü"', '"🙂"', '"a\\nb"', '"a\\\\"', '"\\""', '"a\\x"', '"a\nb"', '"a', '"https://shop.example/\\n"'],
  ...['"https://shop.example/"', '"ftp://shop.example/"', '"https://"', '"http:/x"', '" https://shop.example"', '"//shop.example"', '"https://shop.example/ü"'],
  ...['"2026-02-28T12:00:00.000Z"', '"2026-02-29T12:00:00.000Z"', '"2026-01-31T11:59:60.000Z"', '"2026-01-31T11:59:5x.000Z"', '"2026-01-31T11:59:30,000Z"'],
  ...['"2026-01-31T11:59:30.000+01:00"', '"2026-01-31T11:59:30Z"', '"1969-01-31T12:00:00.000Z"', '"2026-01-31T11:59:30.000z"'],
  ...['"6f1a2f0e-93b5-4b53-a3c0-5d1f0c8f7a21"', '"6F1A2F0E-93b5-4b53-a3c0-5d1f0c8f7a21"', '"6f1a2f0e-93b5-0b53-a3c0-5d1f0c8f7a21"'],
  ...['"6f1a2f0e-93b5-4b53-73c0-5d1f0c8f7a21"', '"6f1a2f0e-93b5-4b53-a3c0-5d1f0c8f7a2"', '"6f1a2f0e493b5-4b53-a3c0-5d1f0c8f7a21"', '"6f1a2f0g-93b5-4b53-a3c0-5d1f0c8f7a21"'],
  ...[63, 64, 65, 128, 129, 1024, 1025, 2049, 5000].map((length) => JSON.stringify('x'.repeat(length))),
];
const NAMES = ['__proto__', 'strange', 'constructor', 'clock_adjusted', 'country', 'page_url', 'duration_ms', 'session_id', 'user_id', 'event_type', 'näme', 'a\\nb'];

const uuidOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
const COUNTED = ['page_url', 'referrer', 'button_id', 'endpoint', 'method', 'duration_ms', 'error_type', 'browser', 'os'];
const only = (event: Record<string, unknown>, names: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(names.filter((name) => event[name] !== undefined).map((name) => [name, event[name]]));
const FIELDS = ['event_type', 'user_id', 'project_id', 'received_at', 'browser', 'os', 'device', 'country', 'clock_adjusted'];

/** Scans a text as it lies in a pack between others, and has it parsed. */
function both(scanner: EventScanner, text: string): { scanned: unknown; parsed: unknown } | undefined {
  const body = Buffer.from(frame.open + text + frame.separator + text + frame.close);
  const start = frame.open.length;
  const found = new PackedEvent(body, start, start + Buffer.byteLength(text)).scan(scanner);
  if (!found) return undefined;
  const { event, timeMs, receivedAtMs, eventId, sessionId, propertiesStart, propertiesEnd } = found;
  const propertiesText = body.toString('utf8', propertiesStart, propertiesEnd);
  const scanned = {
    ...{ event: only(event, FIELDS), counted: only(event.properties, COUNTED), timeMs, receivedAtMs, eventId: uuidOf(eventId) },
    ...{ sessionId: sessionId && uuidOf(sessionId), propertiesText },
  };
  const parsed = parseEventText(text);
  // parseEventText does not tell it where something stands behind the properties, or where there may be half of a surrogate pair.
  return { scanned, parsed: parsed.ok ? whatIsFound(parsed.event, parsed.propertiesText ?? propertiesText) : parsed };
}

const whatIsFound = (event: IngestedEvent, propertiesText: string): unknown => ({
  ...{ event: only(event, FIELDS), counted: only(event.properties, COUNTED), timeMs: instantMs(event.timestamp) },
  ...{ receivedAtMs: Date.parse(event.received_at), eventId: event.event_id, sessionId: event.properties['session_id'], propertiesText },
});

describe('the scanner of events', () => {
  it('finds in the traffic what parsing finds, and leaves none of it to parsing', () => {
    const scanner = new EventScanner();
    const found = trafficTexts(5_000).map((text) => both(scanner, text));
    expect(found.filter((each) => each === undefined)).toEqual([]);
    expect(found.map((each) => each!.scanned)).toEqual(found.map((each) => each!.parsed));
  });

  it('takes no event that is wrong, and finds what is in it, however it was spoilt', () => {
    const scanner = new EventScanner();
    const random = new Random('spoil');
    const pick = <T>(list: readonly T[]): T => list[random.below(list.length)]!;
    const texts = trafficTexts(2_000);
    let taken = 0;
    for (let round = 0; round < 40_000; round++) {
      const members = [...pick(texts).matchAll(/"(\w+)":("[^"]*"|[\d.]+|true|\{[^}]*\})/g)];
      const inner = random.chance(0.5);
      const [, properties] = /"properties":(\{.*\})\}$/.exec(pick(texts))!;
      const fields = inner ? [...properties!.matchAll(/"(\w+)":("[^"]*"|[\d.]+)/g)].map(([whole]) => whole) : members.map(([whole]) => whole);
      const place = random.below(fields.length);
      if (random.chance(0.1)) fields.splice(place, 1);
      else if (random.chance(0.2)) fields.splice(place, 0, `"${pick(NAMES)}":${pick(VALUES)}`);
      else if (random.chance(0.05)) fields.push(fields.splice(place, 1)[0]!);
      else fields[place] = fields[place]!.replace(/:.*/, () => `:${pick(VALUES)}`);
      const object = `{${fields.join(random.chance(0.02) ? ', ' : ',')}}`;
      const text = inner ? pick(texts).replace(/"properties":.*/, () => `"properties":${object}}`) : object;
      const found = both(scanner, text);
      if (!found) continue;
      taken++;
      expect([text, found.scanned]).toEqual([text, found.parsed]);
      expect(JSON.parse((found.scanned as { propertiesText: string }).propertiesText)).toEqual((JSON.parse(text) as IngestedEvent).properties);
    }
    expect(taken).toBeGreaterThan(5_000);
  });

  it.each([
    ['of a type of its own', '"event_type":"signed_up"', '{"plan":"pro","seats":3,"trial":false,"note":null,"name":"Jürgen 🙂","line":"a\\n\\"b\\""}'],
    ['without properties', '"event_type":"signed_up"', '{}'],
    ['whose texts are too long to be remembered', '"event_type":"signed_up"', `{"page_url":"https://shop.example/${'a'.repeat(300)}"}`],
  ])('takes an event %s', (_, type, properties) => {
    const text = trafficTexts(1)[0]!.replace(/"event_type":"\w+"/, type).replace(/"properties":.*/, () => `"properties":${properties}}`);
    const found = both(new EventScanner(), text);
    expect(found?.scanned).toMatchObject({ propertiesText: properties });
    expect(found?.scanned).toEqual(found?.parsed);
  });

  it('forgets what the event before had', () => {
    const scanner = new EventScanner();
    const [text] = trafficTexts(1);
    const bare = text!.replace(/,"browser":.*/, ',"properties":{}}').replace(/"event_type":"\w+"/, '"event_type":"signed_up"');
    both(scanner, text!);
    const found = both(scanner, bare);
    expect(found?.scanned).toMatchObject({ counted: {}, sessionId: undefined, event: expect.not.objectContaining({ browser: expect.anything() as unknown }) as unknown });
  });
});
