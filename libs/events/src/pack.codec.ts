/** Between two events of a body. JSON texts hold no line break of their own, so a body of ours is cut without being parsed. */
const SEPARATOR = ',\n';
const OPENING = '{'.charCodeAt(0);
const CLOSING = '}'.charCodeAt(0);

/**
 * The body of a stream entry: a JSON array of ingested events, one a line. It is given to the transport, which knows no event type.
 * An event is encoded once, when it is handed over, so that a pack's size is known before it is sent.
 */
export const eventPackCodec = {
  /** One event as JSON text. */
  encodeItem: (event: unknown): string => JSON.stringify(event),

  /** A pack from encoded events. */
  encodePack: (items: readonly string[]): string => `[${items.join(SEPARATOR)}]`,

  /**
   * The JSON text of each event of a pack, so that a reader need not hold all events of a batch at once: see parseEventText.
   * @param count how many the entry says there are.
   * @throws {Error} when the body is not a JSON array; the whole entry is then a dead letter.
   */
  decodePack(body: string, count: number): string[] {
    const texts = body.startsWith('[') && body.endsWith(']') ? body.slice(1, -1).split(SEPARATOR) : [];
    if (texts.length === count && texts.every(isObjectText)) return texts;
    // Not as we write it: somebody else's layout, or no array at all.
    const values: unknown = JSON.parse(body);
    if (!Array.isArray(values)) throw new Error('the body of the pack is not a JSON array');
    return values.map((value) => JSON.stringify(value));
  },
};

const isObjectText = (text: string): boolean => text.charCodeAt(0) === OPENING && text.charCodeAt(text.length - 1) === CLOSING;
