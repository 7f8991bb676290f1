import type { IngestedEvent } from './envelope.schema.js';
import { instantMs } from './instant.js';
import { PROPERTY_BOUNDS } from './json-bounds.js';
import { code, codes, JsonCursor } from './json-cursor.js';
import type { PackBody } from './pack.codec.js';
import { INSTANT, isUrl, METHOD, MOST_CHARACTERS, NAME, PROJECT } from './plain-event.js';
import { isSame } from './text-cache.js';

/** What is stored and counted of an event. It is valid until the next scan. */
export interface ScannedEvent {
  /** The event, but for `event_id` and `timestamp`, and with no more properties than are counted or derived from. */
  readonly event: Omit<IngestedEvent, 'event_id' | 'timestamp'>;
  /** `timestamp` and `received_at`, ms since 1970. */
  timeMs: number;
  receivedAtMs: number;
  /** 16 bytes. */
  readonly eventId: Uint8Array;
  /** 16 bytes of the property `session_id`, where there is one. */
  sessionId: Uint8Array | undefined;
  /** Where the JSON text of all of its properties lies. */
  body: PackBody;
  propertiesStart: number;
  propertiesEnd: number;
}

/** Names that mean something, here or there. */
const KEYS = [
  ...(['event_id', 'timestamp', 'event_type', 'user_id', 'project_id', 'received_at', 'browser', 'os', 'device', 'country'] as const),
  ...(['clock_adjusted', 'properties', 'page_url', 'referrer', 'session_id', 'viewport_width', 'viewport_height', 'button_id'] as const),
  ...(['button_text', 'click_x', 'click_y', 'endpoint', 'method', 'status_code', 'duration_ms', 'user_agent', 'error_type'] as const),
  ...(['message', 'stack_trace'] as const),
];
type Key = (typeof KEYS)[number];
const PROPERTIES = KEYS.indexOf('properties');

const bits = (...keys: Key[]): number => keys.reduce((sum, key) => sum | (1 << KEYS.indexOf(key)), 0);
const FIELDS = bits('event_id', 'timestamp', 'event_type', 'user_id', 'project_id', 'received_at', 'properties');
const SESSION_ID = bits('session_id');
/** What an event of a built-in type must have. */
const PROPERTIES_OF: ReadonlyMap<string, number> = new Map([
  ['page_view', bits('page_url', 'session_id', 'viewport_width', 'viewport_height')],
  ['button_click', bits('button_id', 'button_text', 'page_url', 'session_id', 'click_x', 'click_y')],
  ['api_call', bits('endpoint', 'method', 'status_code', 'duration_ms', 'user_agent')],
  ['error', bits('error_type', 'message', 'page_url', 'browser', 'os')],
]);

const [COMMA, OPENING, CLOSING, QUOTE, POINT, ZERO, Z] = [code(','), code('{'), code('}'), code('"'), code('.'), code('0'), code('Z')];
const TRUE = codes('true');
const MINUTE_LENGTH = '2026-01-31T12:00:'.length;
const INSTANT_LENGTH = '2026-01-31T12:00:00.000Z'.length;
const MINUTE_MS = 60_000;

/** Properties that are counted or derived from. */
interface CountedProperties extends Record<string, unknown> {
  page_url: string | undefined;
  referrer: string | undefined;
  button_id: string | undefined;
  endpoint: string | undefined;
  method: string | undefined;
  duration_ms: number | undefined;
  error_type: string | undefined;
  browser: string | undefined;
  os: string | undefined;
}
const NO_PROPERTIES: CountedProperties = {
  ...{ page_url: undefined, referrer: undefined, button_id: undefined, endpoint: undefined, method: undefined },
  ...{ duration_ms: undefined, error_type: undefined, browser: undefined, os: undefined },
};
/** One by one: this runs for each event, and Object.assign costs as much as a text. */
function clear(properties: CountedProperties): void {
  properties.page_url = properties.referrer = properties.button_id = properties.endpoint = properties.method = undefined;
  properties.duration_ms = properties.error_type = properties.browser = properties.os = undefined;
}
const NO_EVENT = {
  ...{ event_type: '', user_id: '', project_id: '', received_at: '' },
  ...{ browser: undefined, os: undefined, device: undefined, country: undefined, clock_adjusted: undefined },
};
const NO_BODY: PackBody = { length: 0, indexOf: () => -1, toString: () => '' };

/**
 * Reads plain events from the bytes of a pack, and makes nothing that is not needed: no object for each, no string of what comes again and
 * again. JSON.parse, the checks and their strings took half of a busy consumer's CPU.
 *
 * What it takes is right, and it finds in it what parseEventText finds (event-scanner.spec.ts holds the two together). Everything else is for
 * that to judge: blanks, nested values, a name that comes twice, escapes and foreign letters where a text matters, a property
 * named like a built-in one that is not like it, and whatever is wrong.
 */
export class EventScanner {
  private readonly cursor = new JsonCursor(KEYS);
  private readonly properties: CountedProperties = { ...NO_PROPERTIES };
  private readonly event: ScannedEvent['event'] = { ...NO_EVENT, properties: this.properties };
  private readonly sessionId = new Uint8Array(16);
  private readonly found: ScannedEvent = {
    ...{ event: this.event, timeMs: 0, receivedAtMs: 0, eventId: new Uint8Array(16), sessionId: undefined },
    ...{ body: NO_BODY, propertiesStart: 0, propertiesEnd: 0 },
  };
  /** Those of the event before: they are nearly always those of this one. */
  private readonly received = new Uint8Array(INSTANT_LENGTH);
  private readonly minute = new Uint8Array(MINUTE_LENGTH);
  private minuteMs = 0;
  private type = { name: '', required: 0 };

  /**
   * @param body UTF-8, in which one event's JSON text lies from `start` up to `end`.
   * @returns undefined when it is not plain: see parseEventText.
   */
  scan(body: PackBody, start: number, end: number): ScannedEvent | undefined {
    const { cursor, event, found } = this;
    cursor.reset(body, start, end);
    event.browser = event.os = event.device = event.country = event.clock_adjusted = undefined;
    found.body = body;
    return this.takeEvent() && cursor.at === end ? found : undefined;
  }

  private takeEvent(): boolean {
    const { cursor } = this;
    if (cursor.next() !== OPENING) return false;
    let [seen, properties, key] = [0, 0, cursor.none];
    for (let mark: number | undefined = COMMA; mark === COMMA; mark = cursor.next()) {
      key = cursor.takeKey(key);
      if (key < 0 || key === cursor.other || (seen & (1 << key)) !== 0) return false;
      seen |= 1 << key;
      if (key !== PROPERTIES ? !this.takeField(KEYS[key]!) : (properties = this.takeProperties()) < 0) return false;
    }
    const required = this.type.required;
    return cursor.last === CLOSING && (seen & FIELDS) === FIELDS && (properties & required) === required;
  }

  private takeField(key: Key): boolean {
    const { cursor, event } = this;
    switch (key) {
      case 'event_id':
        return cursor.takeUuid(this.found.eventId);
      case 'timestamp':
        return !Number.isNaN((this.found.timeMs = this.takeInstant()));
      case 'received_at':
        return this.takeReceivedAt();
      case 'event_type':
        return this.takeType(cursor.takeText(64));
      case 'project_id':
        return this.takeProject(cursor.takeText(63));
      case 'user_id':
        return (event.user_id = cursor.takeText(128) ?? '') !== '';
      case 'browser':
        return isText((event.browser = cursor.takeText(64)));
      case 'os':
        return isText((event.os = cursor.takeText(64)));
      case 'device':
        return isText((event.device = cursor.takeText(64)));
      case 'country':
        return isText((event.country = cursor.takeText(64)));
      case 'clock_adjusted':
        return cursor.skip(TRUE) && (event.clock_adjusted = true);
      default:
        return false;
    }
  }

  /** @returns the bits of those that mean something; -1 when they are not plain. */
  private takeProperties(): number {
    const { cursor, found } = this;
    clear(this.properties);
    found.propertiesStart = cursor.at;
    if (cursor.next() !== OPENING) return -1;
    let [seen, count, key] = [0, 0, PROPERTIES];
    if (cursor.peek() === CLOSING) cursor.next();
    else
      for (let mark: number | undefined = COMMA; mark === COMMA; mark = cursor.next(), count++) {
        key = cursor.takeKey(key);
        const bit = key === cursor.other ? 0 : 1 << key;
        if (key < 0 || (seen & bit) !== 0 || !this.takeProperty(KEYS[key])) return -1;
        seen |= bit;
      }
    found.propertiesEnd = cursor.at;
    found.sessionId = (seen & SESSION_ID) === 0 ? undefined : this.sessionId;
    const isWithinBounds = count <= PROPERTY_BOUNDS.keys && cursor.at - found.propertiesStart <= MOST_CHARACTERS;
    return cursor.last === CLOSING && isWithinBounds ? seen : -1;
  }

  private takeProperty(key: Key | undefined): boolean {
    const { cursor, properties } = this;
    switch (key) {
      case 'page_url':
        return isUrl((properties.page_url = cursor.takeText(2048)));
      case 'referrer':
        return isUrl((properties.referrer = cursor.takeText(2048)));
      case 'session_id':
        return cursor.takeUuid(this.sessionId);
      case 'viewport_width':
      case 'viewport_height':
        return isWhole(cursor.takeNumber(), 1, Infinity);
      case 'click_x':
      case 'click_y':
        return isWhole(cursor.takeNumber(), -Infinity, Infinity);
      case 'status_code':
        return isWhole(cursor.takeNumber(), 100, 599);
      case 'duration_ms':
        return (properties.duration_ms = cursor.takeNumber()) > 0;
      case 'button_id':
        return isText((properties.button_id = cursor.takeText(1024)));
      case 'endpoint':
        return isText((properties.endpoint = cursor.takeText(1024)));
      case 'error_type':
        return isText((properties.error_type = cursor.takeText(1024)));
      case 'browser':
        return isText((properties.browser = cursor.takeText(1024)));
      case 'os':
        return isText((properties.os = cursor.takeText(1024)));
      case 'method':
        return isText((properties.method = cursor.takeText(8))) && METHOD.test(properties.method);
      case 'button_text':
      case 'user_agent':
        return isWithin(cursor.skipText(), 0, 1024);
      case 'message':
      case 'stack_trace':
        return isWithin(cursor.skipText(), 1, 16_384);
      default:
        return cursor.skipScalar();
    }
  }

  private takeType(name: string | undefined): boolean {
    if (name === undefined || (name !== this.type.name && !NAME.test(name))) return false;
    if (name !== this.type.name) this.type = { name, required: PROPERTIES_OF.get(name) ?? 0 };
    this.event.event_type = name;
    return true;
  }

  private takeProject(id: string | undefined): boolean {
    if (id === undefined || (id !== this.event.project_id && !PROJECT.test(id))) return false;
    this.event.project_id = id;
    return true;
  }

  private takeReceivedAt(): boolean {
    const { cursor, event, found, received } = this;
    const start = cursor.at + 1;
    const isAsBefore = event.received_at !== '' && isSame(received, 0, cursor.body, start, INSTANT_LENGTH);
    if (isAsBefore && cursor.body[start - 1] === QUOTE && cursor.body[start + INSTANT_LENGTH] === QUOTE) {
      cursor.at = start + INSTANT_LENGTH + 1;
      return true;
    }
    const ms = this.takeInstant();
    if (Number.isNaN(ms)) return false;
    keep(received, cursor.body, start);
    event.received_at = cursor.body.toString('utf8', start, start + INSTANT_LENGTH);
    found.receivedAtMs = ms;
    return true;
  }

  /** `"2026-01-31T12:00:00.000Z"`. @returns ms since 1970; NaN when it is written otherwise. */
  private takeInstant(): number {
    const { body, at } = this.cursor;
    const [start, end] = [at + 1, at + 1 + INSTANT_LENGTH];
    if (body[at] !== QUOTE || body[end] !== QUOTE) return NaN;
    this.cursor.at = end + 1;
    if (!isSame(this.minute, 0, body, start, MINUTE_LENGTH)) {
      const text = body.toString('utf8', start, end);
      if (!INSTANT.test(text)) return NaN;
      const ms = instantMs(text);
      keep(this.minute, body, start);
      this.minuteMs = Math.floor(ms / MINUTE_MS) * MINUTE_MS;
      return ms;
    }
    const seconds = digit(body[start + 17]) * 10 + digit(body[start + 18]);
    const ms = digit(body[start + 20]) * 100 + digit(body[start + 21]) * 10 + digit(body[start + 22]);
    return seconds < 60 && body[start + 19] === POINT && body[end - 1] === Z ? this.minuteMs + seconds * 1000 + ms : NaN;
  }
}

function keep(into: Uint8Array, body: PackBody, start: number): void {
  for (let index = 0; index < into.length; index++) into[index] = body[start + index]!;
}

/** NaN for what is no digit. */
function digit(byte: number | undefined): number {
  const value = (byte ?? NaN) - ZERO;
  return value >= 0 && value <= 9 ? value : NaN;
}

const isText = (text: string | undefined): text is string => text !== undefined;
const isWithin = (value: number, least: number, most: number): boolean => value >= least && value <= most;
const isWhole = (value: number, least: number, most: number): boolean => Number.isInteger(value) && isWithin(value, least, most);
