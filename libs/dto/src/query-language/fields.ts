/** Fields with a name of their own, and what they hold. Events that lack a field have no value there. */
export const FIELDS = {
  type: { kind: 'text', meaning: 'Event type' },
  page_path: { kind: 'text', meaning: 'Path of `page_url`, of any type of event; for views alone add the filter `type is page_view`' },
  page_host: { kind: 'text', meaning: 'Host of `page_url`' },
  referrer_host: { kind: 'text', meaning: 'Host of `referrer`, also when it is the page’s own' },
  button: { kind: 'text', meaning: 'Property `button_id`, where it is text' },
  endpoint: { kind: 'text', meaning: '`METHOD path` of properties `method` and `endpoint`, without the query; its first 256 characters' },
  method: { kind: 'text', meaning: 'Property `method`, where it is text' },
  error_type: { kind: 'text', meaning: 'Property `error_type`, where it is text' },
  status_code: { kind: 'number', meaning: 'Property `status_code`, where it is a number' },
  status_class: { kind: 'text', meaning: '`1xx` to `5xx`, from a `status_code` of 100 to 599' },
  browser: { kind: 'text', meaning: 'From the user agent, or as an `error` says' },
  os: { kind: 'text', meaning: 'From the user agent, or as an `error` says' },
  device: { kind: 'text', meaning: 'From the user agent: `desktop`, `mobile`, `tablet` …' },
  country: { kind: 'text', meaning: 'From a proxy header that is trusted' },
  user: { kind: 'text', meaning: '`user_id`' },
  session: { kind: 'text', meaning: 'Property `session_id`, where it is a UUID; in lower case' },
  duration_ms: { kind: 'number', meaning: 'Property `duration_ms`, where it is a number; milliseconds' },
  hour_of_day: { kind: 'number', meaning: 'Hour by the clocks of `timeZone`, 0 to 23' },
  day_of_week: { kind: 'number', meaning: 'Day of the week by the calendar of `timeZone`, 1 (Monday) to 7' },
} as const;

export type BuiltInField = keyof typeof FIELDS;

/**
 * A built-in field, or `properties.<key>`. All after the first dot is one key of the event's properties, of 1 to 128 characters. Its value
 * is a text, number or boolean; objects, arrays and null count as absent.
 */
export type FieldName = BuiltInField | `properties.${string}`;

export const FIELD_NAMES = Object.keys(FIELDS) as BuiltInField[];

/** What is told to be allowed where a field is wrong. */
export const ALLOWED_FIELDS: readonly string[] = [...FIELD_NAMES, 'properties.<key>'];

const PROPERTY = 'properties.';
const LONGEST_KEY = 128;

/** `either`: a property, whose value may be a number in one event and text in another. Undefined: there is no such field. */
export function fieldKind(name: unknown): 'text' | 'number' | 'either' | undefined {
  if (typeof name !== 'string') return undefined;
  if (name.startsWith(PROPERTY)) return isKey(name.slice(PROPERTY.length)) ? 'either' : undefined;
  return Object.hasOwn(FIELDS, name) ? FIELDS[name as BuiltInField].kind : undefined;
}

const isKey = (key: string): boolean => key.length > 0 && [...key].length <= LONGEST_KEY && !key.includes('\0');

export const FIELD_LIST = FIELD_NAMES.map((name) => `\`${name}\` ${FIELDS[name].meaning}`).join('; ');
