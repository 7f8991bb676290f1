import { z } from 'zod';
import { clientEventSchema, ingestedEventSchema, type ClientEvent } from './envelope.schema.js';
import { BUILT_IN_EVENT_TYPES, BUILT_IN_PROPERTIES, type BuiltInEventType } from './event-types.schema.js';
import { PROPERTY_BOUNDS } from './json-bounds.js';

type JsonSchema = z.core.JSONSchema.BaseSchema;

const PAGE = 'https://shop.example/products/aurora-lamp';
const SESSION = '6f1a2f0e-93b5-4b53-a3c0-5d1f0c8f7a21';
const CUSTOM = 'plan_upgraded';

const PROPERTIES: Readonly<Record<BuiltInEventType | typeof CUSTOM, Record<string, unknown>>> = {
  page_view: { page_url: PAGE, referrer: 'https://www.google.com/', session_id: SESSION, viewport_width: 1440, viewport_height: 789 },
  button_click: {
    button_id: 'product-add-to-cart',
    button_text: 'Add to cart',
    page_url: PAGE,
    session_id: SESSION,
    click_x: 1012,
    click_y: 418,
  },
  api_call: {
    endpoint: '/api/cart/items',
    method: 'POST',
    status_code: 201,
    duration_ms: 212.4,
    user_agent: 'Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0',
  },
  error: {
    error_type: 'TypeError',
    message: 'cart.items.map is not a function',
    stack_trace: 'TypeError: cart.items.map is not a function\n    at CartList (https://shop.example/assets/cart.js:1:9121)',
    page_url: PAGE,
    browser: 'Firefox',
    os: 'Linux',
  },
  plan_upgraded: { plan: 'team', seats: 12, coupons: ['SPRING'], previous: { plan: 'solo', since: '2025-11-02' } },
};

const exampleOf = (type: keyof typeof PROPERTIES, index: number): Required<ClientEvent> => ({
  event_id: `019c13ec-9e07-77bc-b224-4c4c9452986${index}`,
  timestamp: `2026-01-31T12:00:0${index}.007Z`,
  event_type: type,
  user_id: 'user_068',
  properties: PROPERTIES[type],
});

const SERVER_EXAMPLE = {
  project_id: 'demo',
  received_at: '2026-01-31T12:00:00.031Z',
  clock_adjusted: true,
  browser: 'Firefox',
  os: 'Linux',
  device: 'desktop',
  country: 'DE',
};

/** The text of SCHEMA.md, made from the schemas, so that the document cannot say anything else than the code does. */
export function renderSchemaDocument(): string {
  const client = fieldsOf(clientEventSchema);
  const server = fieldsOf(ingestedEventSchema).filter(({ name }) => !client.some((field) => field.name === name));
  const examples = [...BUILT_IN_EVENT_TYPES, CUSTOM] as const;
  return [
    '# The events',
    '<!-- Generated from the schemas by `npx nx run @analytics/events:schema`. Change the schemas, not this file. -->',
    'One event is one fact about one user of a tracked application: a JSON object, the same envelope for every type.',
    '## What a client sends',
    table(client, { ...exampleOf('page_view', 0), properties: '{…}' }),
    'The collector fills in a missing `event_id` and a missing `timestamp`. Any other field of the envelope is refused by name:\n' +
      'your own data belongs in `properties`.',
    '## What the server adds',
    table(server, SERVER_EXAMPLE),
    '## What holds for all `properties`',
    `At most ${PROPERTY_BOUNDS.keys} keys, ${PROPERTY_BOUNDS.depth} levels deep, ${PROPERTY_BOUNDS.bytes / 1024} KiB as JSON.\n` +
      'No text contains the NUL character or half of a surrogate pair. Keys such as `__proto__` are ordinary data.',
    ...examples.flatMap((type, index) => [
      `## \`${type}\`${type === CUSTOM ? ', an example of a custom event' : ''}`,
      ...describeProperties(type),
      '```json\n' + JSON.stringify(exampleOf(type, index), null, 2) + '\n```',
    ]),
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n');
}

function describeProperties(type: keyof typeof PROPERTIES): string[] {
  if (type === CUSTOM) return ['Any name that is not a built-in type, any JSON object within the bounds above.'];
  return [table(fieldsOf(BUILT_IN_PROPERTIES[type]), PROPERTIES[type]), 'A property that is not in the table is kept as it is.'];
}

interface Field {
  name: string;
  type: string;
  rule: string;
}

function fieldsOf(schema: z.ZodType): Field[] {
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { unrepresentable: 'any' });
  return Object.entries(properties).map(([name, field]) => {
    const json = field as JsonSchema;
    const presence = required.includes(name) ? 'required' : 'optional';
    return { name, type: String(json.type), rule: [`${presence}${limits(json)}.`, json.description].filter(Boolean).join(' ') };
  });
}

function limits({
  format,
  pattern,
  enum: values,
  const: only,
  minLength,
  maxLength,
  minimum,
  maximum,
  exclusiveMinimum,
}: JsonSchema): string {
  const parts: string[] = [];
  if (format === 'uuid') parts.push('UUID');
  else if (format === 'date-time') parts.push('ISO 8601 with zone');
  else if (format === 'uri') parts.push('http or https URL');
  else if (pattern !== undefined) parts.push(`matches \`${pattern}\``);
  if (values) parts.push(values.map((value) => `\`${String(value)}\``).join(', '));
  if (only !== undefined) parts.push(`only \`${String(only)}\``);
  if (maxLength !== undefined) parts.push(`${minLength ? `${minLength} to` : 'at most'} ${maxLength} characters`);
  if (exclusiveMinimum !== undefined) parts.push(`above ${exclusiveMinimum}`);
  if (minimum !== undefined && maximum !== undefined && Number.isSafeInteger(maximum + 1)) parts.push(`${minimum} to ${maximum}`);
  return parts.map((part) => `, ${part}`).join('');
}

function table(fields: readonly Field[], example: Readonly<Record<string, unknown>>): string {
  const rows = fields.map(({ name, type, rule }) => {
    const value = typeof example[name] === 'string' ? (example[name] as string).split('\n', 1)[0] : JSON.stringify(example[name]);
    return `| \`${name}\` | ${type} | ${rule} | \`${value}\` |`;
  });
  return ['| field | type | rule | example |', '|---|---|---|---|', ...rows].join('\n');
}
