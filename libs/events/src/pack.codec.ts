/**
 * The body of a stream entry: a JSON array of ingested events. It is given to the transport, which knows no event type.
 * An event is encoded once, when it is handed over, so that a pack's size is known before it is sent.
 */
export const eventPackCodec = {
  /** One event as JSON text. */
  encodeItem: (event: unknown): string => JSON.stringify(event),

  /** A pack from encoded events. */
  encodePack: (items: readonly string[]): string => `[${items.join(',')}]`,

  /**
   * The events of a pack, not yet validated.
   * @throws {Error} when the body is not a JSON array; the whole entry is then a dead letter.
   */
  decodePack(body: string): unknown[] {
    const value: unknown = JSON.parse(body);
    if (!Array.isArray(value)) throw new Error('the body of the pack is not a JSON array');
    return value;
  },
};
