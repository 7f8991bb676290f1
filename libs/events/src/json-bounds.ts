/** What a custom event's `properties` may be at most; built-in types obey the same bounds. */
export const PROPERTY_BOUNDS = { keys: 64, depth: 8, bytes: 32 * 1024 } as const;

/** One fault of an event: where (dotted path, `(root)` for the event itself) and what to do about it. */
export interface EventIssue {
  path: string;
  message: string;
}

const encoder = new TextEncoder();

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

function unsafeText(text: string): string | undefined {
  if (text.includes('\u0000')) return 'contains the NUL character, which PostgreSQL cannot store; remove it';
  if (!isWellFormed(text)) return 'contains half of a surrogate pair, which is not valid Unicode; send whole characters';
  return undefined;
}

// A regular expression with the `u` flag sees a lone surrogate as one code point of category Cs. (String.isWellFormed is ES2024.)
const LONE_SURROGATE = /\p{Cs}/u;
const isWellFormed = (text: string): boolean => !LONE_SURROGATE.test(text);

/** Finds what no validation by type sees: too many keys, too deep, too large, or text that PostgreSQL cannot hold. */
export function findBoundsIssue(properties: Record<string, unknown>, path = 'properties'): EventIssue | undefined {
  const issue = walk(properties, path, 1);
  if (issue) return issue;
  const bytes = encoder.encode(JSON.stringify(properties)).length;
  if (bytes > PROPERTY_BOUNDS.bytes) return { path, message: `is ${bytes} bytes as JSON; at most ${PROPERTY_BOUNDS.bytes} are taken` };
  return undefined;
}

function walk(value: unknown, path: string, depth: number): EventIssue | undefined {
  if (typeof value === 'string') {
    const message = unsafeText(value);
    return message === undefined ? undefined : { path, message };
  }
  if (typeof value === 'number' && !Number.isFinite(value)) return { path, message: 'is not a finite number' };
  if (!isObject(value)) return undefined;
  if (depth > PROPERTY_BOUNDS.depth) return { path, message: `is nested deeper than ${PROPERTY_BOUNDS.depth} levels` };
  const keys = Object.keys(value);
  if (depth === 1 && keys.length > PROPERTY_BOUNDS.keys)
    return { path, message: `has ${keys.length} keys; at most ${PROPERTY_BOUNDS.keys} are taken` };
  for (const key of keys) {
    const unsafe = unsafeText(key);
    if (unsafe !== undefined) return { path: `${path}.(key)`, message: unsafe };
    const issue = walk(value[key], Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`, depth + 1);
    if (issue) return issue;
  }
  return undefined;
}
