import { isPlainText, type EventIssue } from '@analytics/events';

/** The most events that one request may carry. */
export const MAX_EVENTS = 1000;

/** One thing of a body that should be an event: its JSON value, or why there is none. */
export type BodyItem = { ok: true; value: unknown } | { ok: false; issues: EventIssue[] };

/** `plain`: all of it is parsed from plain text, see isPlainText. */
export type ParsedBody = { ok: true; items: BodyItem[]; plain: boolean } | { ok: false; status: 400 | 413; message: string };

const refused = (status: 400 | 413, message: string): ParsedBody => ({ ok: false, status, message });

/**
 * Finds the events of a body: one JSON object, a JSON array, or NDJSON (one JSON value a line), told apart by the first
 * character that is not white space, because beacons and shell scripts rarely set a content type.
 * A line of NDJSON that is not JSON is an item with an issue; a body in which nothing is JSON is refused with 400, and one
 * with more than {@link MAX_EVENTS} events with 413.
 */
export function parseEventBody(body: string): ParsedBody {
  const text = body.trim();
  if (text === '') return refused(400, 'the body is empty; send one event, an array of events, or one event a line');
  if (text[0] === '[') return parseArray(text);
  if (text[0] === '{') return parseObjectOrLines(text);
  return refused(400, `the body begins with ${JSON.stringify(text[0])}; send one event as a JSON object, an array of them, or one a line`);
}

function parseArray(text: string): ParsedBody {
  const parsed = parseJson(text);
  if (!parsed.ok) return refused(400, `the body is not valid JSON: ${parsed.message}`);
  const values = parsed.value as unknown[];
  if (values.length > MAX_EVENTS) return tooMany(values.length);
  return { ok: true, items: values.map((value) => ({ ok: true, value })), plain: isPlainText(text) };
}

function parseObjectOrLines(text: string): ParsedBody {
  const whole = parseJson(text);
  const plain = isPlainText(text);
  if (whole.ok) return { ok: true, items: [whole], plain };
  const lines = text.split('\n');
  const items: BodyItem[] = [];
  let readable = 0;
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue;
    if (items.length === MAX_EVENTS) return tooMany(lines.filter((each) => each.trim() !== '').length);
    const parsed = parseJson(line);
    if (parsed.ok) readable++;
    items.push(parsed.ok ? parsed : badLine(index + 1, parsed.message));
  }
  return readable > 0 ? { ok: true, items, plain } : refused(400, `the body is neither valid JSON nor NDJSON: ${whole.message}`);
}

const badLine = (line: number, message: string): BodyItem => ({
  ok: false,
  issues: [{ path: `(line ${line})`, message: `is not valid JSON: ${message}` }],
});

const tooMany = (count: number): ParsedBody =>
  refused(413, `the body holds ${count} events; at most ${MAX_EVENTS} are taken in one request, so send it in parts`);

function parseJson(text: string): { ok: true; value: unknown } | { ok: false; message: string } {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    return { ok: false, message: withLine(text, (error as SyntaxError).message) };
  }
}

// V8 says "at position N", or quotes the text around the fault; in a long body a line and a column are easier to find than N.
function withLine(text: string, message: string): string {
  const position = /at position (\d+)$/.exec(message);
  if (!position) return message;
  const before = text.slice(0, Number(position[1]));
  const line = before.split('\n').length;
  return `${message} (line ${line}, column ${before.length - before.lastIndexOf('\n')})`;
}
