/** How items become the body of a pack and back. Item by item, so that a pack's size is known before it is sent. */
export interface PackCodec {
  /** One item as text. Throws when it cannot be encoded; the item is then refused with that message. */
  encodeItem(item: unknown): string;
  /** What stands before, between and after the items in the body of a pack. */
  readonly frame: { readonly open: string; readonly separator: string; readonly close: string };
  /**
   * The items of a body, which is UTF-8; `count` is how many its entry says there are (another number makes the entry undeliverable).
   * Throws when the body is none; the entry is then undeliverable with that message. An item may keep the body and decode itself later:
   * what waits outside of the heap costs the garbage collector nothing.
   */
  decodePack(body: Buffer, count: number): unknown[];
}

/** The default: a JSON array. */
export const jsonPackCodec: PackCodec = {
  encodeItem: (item) => JSON.stringify(item),
  frame: { open: '[', separator: ',', close: ']' },
  decodePack(body) {
    const value: unknown = JSON.parse(body.toString('utf8'));
    if (!Array.isArray(value)) throw new Error('the body is not a JSON array');
    return value;
  },
};
