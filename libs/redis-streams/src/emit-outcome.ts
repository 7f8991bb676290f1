/**
 * Why an item was not accepted.
 * `invalid`: it cannot be encoded, or is too large; sending it again is useless.
 * `overloaded`: more than `maxInFlightBytes` wait for Redis; send it later.
 * `out-of-memory`: Redis is full and refuses writes; send it later.
 * `unavailable`: Redis did not answer before `publishTimeoutMs`. The item may have been stored all the same: its id must stay the same
 * when it is sent again.
 * `refused`: Redis answered with another error.
 * `closed`: the client is closed.
 */
export type EmitFailure = 'invalid' | 'overloaded' | 'out-of-memory' | 'unavailable' | 'refused' | 'closed';

/**
 * What became of one item: accepted (Redis has answered, with the id of its entry), or not, with the reason. Where it may be sent again it
 * has `packed`, the item as the codec's `decodePack` gives it, so that a sender need not hold thousands of items only to repeat a few.
 */
export type EmitOutcome =
  | { readonly ok: true; readonly entryId: string }
  | { readonly ok: false; readonly failure: EmitFailure; readonly reason: string; readonly packed?: unknown };

export type EmitRefusal = Extract<EmitOutcome, { ok: false }>;

/** The error of `emit()` when its item was not accepted. */
export class EmitError extends Error {
  override readonly name = 'EmitError';

  constructor(
    readonly failure: EmitFailure,
    message: string,
  ) {
    super(message);
  }
}

/** One call's outcomes, filled in as its packs are settled, in the order of its items. */
export class Emission {
  readonly outcomes: EmitOutcome[];
  readonly settled: Promise<EmitOutcome[]>;
  private open: number;
  private finish!: (outcomes: EmitOutcome[]) => void;

  constructor(size: number) {
    this.open = size;
    this.outcomes = new Array<EmitOutcome>(size);
    this.settled = new Promise((resolve) => (this.finish = resolve));
    if (size === 0) this.finish(this.outcomes);
  }

  settle(position: number, outcome: EmitOutcome): void {
    this.outcomes[position] = outcome;
    if (--this.open === 0) this.finish(this.outcomes);
  }
}
