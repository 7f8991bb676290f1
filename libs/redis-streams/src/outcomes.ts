/** What a batch handler says of one item. Nothing is acknowledged before every item of the batch is `stored` or `dead`. */
export type Outcome =
  /** It rests where it should; it may be acknowledged. */
  | { readonly kind: 'stored' }
  /** It can never be stored, and the handler has put it aside with this reason; it may be acknowledged. */
  | { readonly kind: 'dead'; readonly reason: string }
  /** Not now: the partition pauses, backs off and hands over the same items again. */
  | { readonly kind: 'retry'; readonly reason: string }
  /** Another owner has taken the partition over: the batch is dropped, nothing is acknowledged, the partition is given up. */
  | { readonly kind: 'fenced' };

const STORED: Outcome = Object.freeze({ kind: 'stored' });
const FENCED: Outcome = Object.freeze({ kind: 'fenced' });

/** The item is stored. The same frozen object each time, so that a batch of 10,000 costs one array. */
export const stored = (): Outcome => STORED;

/** The item can never be stored and was put aside. */
export const dead = (reason: string): Outcome => ({ kind: 'dead', reason });

/** The item could not be stored now. */
export const retry = (reason: string): Outcome => ({ kind: 'retry', reason });

/** Another owner has the partition. One `fenced` among the outcomes counts for the whole batch. */
export const fenced = (): Outcome => FENCED;
