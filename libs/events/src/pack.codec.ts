import type { EventScanner, ScannedEvent } from './event-scanner.js';

/** Between two events of a body. JSON texts hold no line break of their own, so a body of ours is cut without being parsed. */
const SEPARATOR = ',\n';
const [OPENING, CLOSING, COMMA, LINE_BREAK] = ['{', '}', ',', '\n'].map((character) => character.charCodeAt(0));

/** The bytes of a body: what is needed of a Buffer. */
export interface PackBody {
  readonly length: number;
  readonly [index: number]: number;
  indexOf(byte: number, from: number): number;
  toString(encoding: 'utf8', start?: number, end?: number): string;
}

/**
 * One event of a body, as JSON text when it is asked for. Thousands of texts that wait for a COMMIT would be copied about by the garbage
 * collector (a twelfth of a busy consumer's CPU, and 40 MB of its heap); the body's bytes are outside of it.
 */
export class PackedEvent {
  constructor(
    private readonly body: PackBody,
    private readonly start: number,
    private readonly end: number,
  ) {}

  toString(): string {
    return this.body.toString('utf8', this.start, this.end);
  }

  /** Without making its text. @returns undefined when it is not plain: see parseEventText. */
  scan(scanner: EventScanner): ScannedEvent | undefined {
    return scanner.scan(this.body, this.start, this.end);
  }
}

/**
 * The body of a stream entry: a JSON array of ingested events, one a line. It is given to the transport, which knows no event type.
 * An event is encoded once, when it is handed over, so that a pack's size is known before it is sent.
 */
export const eventPackCodec = {
  /** One event as JSON text. */
  encodeItem: (event: unknown): string => JSON.stringify(event),

  frame: { open: '[', separator: SEPARATOR, close: ']' },

  /**
   * Each event of a pack, of which `String()` is the JSON text: see parseEventText.
   * @param body UTF-8; it must stay as it is.
   * @param count how many the entry says there are.
   * @throws {Error} when the body is not a JSON array; the whole entry is then a dead letter.
   */
  decodePack(body: PackBody, count: number): (PackedEvent | string)[] {
    const events = cut(body);
    if (events?.length === count) return events;
    // Not as we write it: somebody else's layout, or no array at all.
    const values: unknown = JSON.parse(body.toString('utf8'));
    if (!Array.isArray(values)) throw new Error('the body of the pack is not a JSON array');
    return values.map((value) => JSON.stringify(value));
  },
};

/** @returns undefined when the lines of the body are not objects with a comma in between. */
function cut(body: PackBody): PackedEvent[] | undefined {
  const events: PackedEvent[] = [];
  const last = body.length - 1;
  if (body[0] !== '['.charCodeAt(0) || body[last] !== ']'.charCodeAt(0)) return undefined;
  for (let start = 1; start <= last; ) {
    const lineBreak = body.indexOf(LINE_BREAK!, start);
    const end = lineBreak < 0 ? last : lineBreak - 1;
    if (lineBreak >= 0 && body[end] !== COMMA) return undefined;
    if (body[start] !== OPENING || body[end - 1] !== CLOSING) return undefined;
    events.push(new PackedEvent(body, start, end));
    start = end + SEPARATOR.length;
  }
  return events;
}
