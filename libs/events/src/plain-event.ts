import { httpUrl } from './event-types.schema.js';
import type { ClientEvent, IngestedEvent } from './envelope.schema.js';
import { PROPERTY_BOUNDS } from './json-bounds.js';

/*
 * Nearly every event is as plain as an event can be, and to see that costs a fifth of what the schemas cost. What is said here is "surely
 * right"; everything else is for the schemas to judge, and they alone say what is wrong. plain-event.spec.ts holds the two together.
 */

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
/** The form that we write. */
export const INSTANT =
  /^20\d\d-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)|02-(?:0[1-9]|1\d|2[0-8]))T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;
export const NAME = /^[a-z][a-z0-9_]{0,63}$/;
export const PROJECT = /^[a-z][a-z0-9-]{0,62}$/;
const CLIENT_FIELDS = new Set(['event_id', 'timestamp', 'event_type', 'user_id', 'properties']);
export const METHOD = /^(?:GET|POST|PUT|DELETE|PATCH)$/;

/** Properties with no more characters than this are within the bounds however they are written: at most 6 bytes each, and what is around. */
export const MOST_CHARACTERS = PROPERTY_BOUNDS.bytes / 8;
/** Of a number, a boolean or null, and of the quotes and separators of a key and its value. */
const CHARACTERS_PER_SCALAR = 24;

/** A site has few pages and many views. */
const MOST_URLS = 10_000;
const urls = new Set<string>();
let lastReceivedAt = '';

/** Whether a JSON text holds nothing that PostgreSQL cannot: no NUL, and no half of a surrogate pair, which both need an escape or stand out. */
export const isPlainText = (text: string): boolean => !text.includes('\\u') && !/[\ud800-\udfff]/.test(text);

/** Whether an event of the stream, parsed from a plain text, is surely right. */
export function isPlainEvent(value: unknown): value is IngestedEvent {
  if (!hasOnlyRightFields(value, isEnvelopeField)) return false;
  const { event_id, timestamp, event_type, user_id, properties, project_id, received_at } = value as IngestedEvent;
  return Boolean(event_id && timestamp && event_type && user_id && project_id && received_at && properties) && hasPlainProperties(event_type, properties);
}

/** The same of an event as a client sends it. */
export function isPlainClientEvent(value: unknown): value is ClientEvent {
  if (!hasOnlyRightFields(value, (name, field) => CLIENT_FIELDS.has(name) && isEnvelopeField(name, field))) return false;
  const { event_type, user_id, properties } = value as ClientEvent;
  return Boolean(event_type && user_id && properties) && hasPlainProperties(event_type, properties);
}

function hasOnlyRightFields(value: unknown, isRight: (name: string, field: unknown) => boolean): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const fields = value as Record<string, unknown>;
  for (const name in fields) if (!isRight(name, fields[name])) return false;
  return true;
}

/** Fields that must be there are checked for that afterwards. */
function isEnvelopeField(name: string, value: unknown): boolean {
  switch (name) {
    case 'event_id':
      return typeof value === 'string' && UUID.test(value);
    case 'timestamp':
      return typeof value === 'string' && INSTANT.test(value);
    case 'received_at':
      return value === lastReceivedAt || (typeof value === 'string' && INSTANT.test(value) && ((lastReceivedAt = value), true));
    case 'event_type':
      return typeof value === 'string' && NAME.test(value);
    case 'project_id':
      return typeof value === 'string' && PROJECT.test(value);
    case 'user_id':
      return isText(value, 1, 128);
    case 'properties':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'browser':
    case 'os':
    case 'device':
    case 'country':
      return isText(value, 0, 64);
    case 'clock_adjusted':
      return value === true;
    default:
      return false;
  }
}

function hasPlainProperties(type: string, properties: Record<string, unknown>): boolean {
  let [keys, characters] = [0, 0];
  for (const key in properties) {
    const value = properties[key];
    if (!isScalar(value)) return false;
    keys++;
    characters += key.length + CHARACTERS_PER_SCALAR + (typeof value === 'string' ? value.length : 0);
  }
  return keys <= PROPERTY_BOUNDS.keys && characters <= MOST_CHARACTERS && hasPropertiesOf(type, properties);
}

function hasPropertiesOf(type: string, properties: Record<string, unknown>): boolean {
  switch (type) {
    case 'page_view':
      return (
        isUrl(properties['page_url']) &&
        (properties['referrer'] === undefined || isUrl(properties['referrer'])) &&
        isUuid(properties['session_id']) &&
        isWhole(properties['viewport_width'], 1) &&
        isWhole(properties['viewport_height'], 1)
      );
    case 'button_click':
      return (
        isText(properties['button_id'], 1, 1024) &&
        isText(properties['button_text'], 0, 1024) &&
        isUrl(properties['page_url']) &&
        isUuid(properties['session_id']) &&
        isWhole(properties['click_x'], -Infinity) &&
        isWhole(properties['click_y'], -Infinity)
      );
    case 'api_call':
      return (
        isText(properties['endpoint'], 1, 1024) &&
        typeof properties['method'] === 'string' &&
        METHOD.test(properties['method']) &&
        isWhole(properties['status_code'], 100) &&
        (properties['status_code'] as number) <= 599 &&
        typeof properties['duration_ms'] === 'number' &&
        properties['duration_ms'] > 0 &&
        isText(properties['user_agent'], 0, 1024)
      );
    case 'error':
      return (
        isText(properties['error_type'], 1, 1024) &&
        isText(properties['message'], 1, 16_384) &&
        (properties['stack_trace'] === undefined || isText(properties['stack_trace'], 1, 16_384)) &&
        isUrl(properties['page_url']) &&
        isText(properties['browser'], 1, 1024) &&
        isText(properties['os'], 1, 1024)
      );
    default:
      return true;
  }
}

const isScalar = (value: unknown): boolean =>
  typeof value === 'string' || typeof value === 'boolean' || value === null || (typeof value === 'number' && Number.isFinite(value));

const isText = (value: unknown, least: number, most: number): boolean =>
  typeof value === 'string' && value.length >= least && value.length <= most;

const isUuid = (value: unknown): boolean => typeof value === 'string' && UUID.test(value);

const isWhole = (value: unknown, least: number): boolean => Number.isSafeInteger(value) && (value as number) >= least;

/** Whether it is an http or https address; those that came lately are known. */
export function isUrl(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  if (urls.has(value)) return true;
  if (!httpUrl.safeParse(value).success) return false;
  if (urls.size >= MOST_URLS) urls.clear();
  urls.add(value);
  return true;
}
