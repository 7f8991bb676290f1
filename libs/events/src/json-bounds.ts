/** What a custom event's `properties` may be at most; built-in types obey the same bounds. */
export const PROPERTY_BOUNDS = { keys: 64, depth: 8, bytes: 32 * 1024 } as const;

/** One fault of an event: where (dotted path, `(root)` for the event itself) and what to do about it. */
export interface EventIssue {
  path: string;
  message: string;
}

const encoder = new TextEncoder();

/** JSON's longest forms: 6 bytes for a UTF-16 unit (`\u001f`), 24 for a number (`-1.2345678901234567e-100`), quotes and separators. */
const MAX_BYTES_PER_UNIT = 6;
const MAX_BYTES_PER_SCALAR = 24;
const MAX_BYTES_AROUND = 4;

// Most texts have no surrogate at all, which the cheap expression settles. With the `u` flag a lone surrogate is one code point of
// category Cs, and a pair is not. (String.isWellFormed is ES2024.)
const SURROGATE = /[\ud800-\udfff]/;
const LONE_SURROGATE = /\p{Cs}/u;

/** Why PostgreSQL cannot store a text, if it cannot. */
export function findTextFault(text: string): string | undefined {
  if (text.includes('\u0000')) return 'contains the NUL character, which PostgreSQL cannot store; remove it';
  if (SURROGATE.test(text) && LONE_SURROGATE.test(text))
    return 'contains half of a surrogate pair, which is not valid Unicode; send whole characters';
  return undefined;
}

/**
 * Finds what no validation by type sees: too many keys, too deep, too large, or text that PostgreSQL cannot hold.
 * Runs for every event, so the size is measured only when an upper estimate made on the way does not already settle it.
 */
export function findBoundsIssue(properties: Record<string, unknown>, path = 'properties'): EventIssue | undefined {
  const count = Object.keys(properties).length;
  if (count > PROPERTY_BOUNDS.keys) return { path, message: `has ${count} keys; at most ${PROPERTY_BOUNDS.keys} are taken` };
  const walked = walkObject(properties, 1);
  if (typeof walked !== 'number') return { path: path + walked.path, message: walked.message };
  if (walked <= PROPERTY_BOUNDS.bytes) return undefined;
  const bytes = encoder.encode(JSON.stringify(properties)).length;
  if (bytes > PROPERTY_BOUNDS.bytes) return { path, message: `is ${bytes} bytes as JSON; at most ${PROPERTY_BOUNDS.bytes} are taken` };
  return undefined;
}

/** An upper estimate of the value's bytes as JSON, or the first fault; its path is completed on the way back, so good events build none. */
function walk(value: unknown, depth: number): number | EventIssue {
  if (typeof value === 'string') {
    const message = findTextFault(value);
    return message === undefined ? value.length * MAX_BYTES_PER_UNIT + MAX_BYTES_AROUND : { path: '', message };
  }
  if (typeof value === 'number' && !Number.isFinite(value)) return { path: '', message: 'is not a finite number' };
  if (typeof value !== 'object' || value === null) return MAX_BYTES_PER_SCALAR + MAX_BYTES_AROUND;
  if (depth > PROPERTY_BOUNDS.depth) return { path: '', message: `is nested deeper than ${PROPERTY_BOUNDS.depth} levels` };
  return Array.isArray(value) ? walkArray(value, depth) : walkObject(value as Record<string, unknown>, depth);
}

function walkArray(items: readonly unknown[], depth: number): number | EventIssue {
  let bytes = MAX_BYTES_AROUND;
  for (let index = 0; index < items.length; index++) {
    const walked = walk(items[index], depth + 1);
    if (typeof walked !== 'number') return { path: `[${index}]${walked.path}`, message: walked.message };
    bytes += walked;
  }
  return bytes;
}

function walkObject(value: Record<string, unknown>, depth: number): number | EventIssue {
  let bytes = MAX_BYTES_AROUND;
  for (const key of Object.keys(value)) {
    const message = findTextFault(key);
    if (message !== undefined) return { path: '.(key)', message };
    const walked = walk(value[key], depth + 1);
    if (typeof walked !== 'number') return { path: `.${key}${walked.path}`, message: walked.message };
    bytes += walked + key.length * MAX_BYTES_PER_UNIT + MAX_BYTES_AROUND;
  }
  return bytes;
}
