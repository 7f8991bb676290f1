/** Below every id that Redis gives. */
export const ZERO_ID = '0-0';

const split = (id: string): [number, number] => {
  const dash = id.indexOf('-');
  return [Number(id.slice(0, dash)), Number(id.slice(dash + 1))];
};

/** Stream order of two entry ids: negative, 0 or positive. Both halves are far below 2^53 when Redis makes them. */
export function compareIds(a: string, b: string): number {
  if (a === b) return 0;
  const [aTime, aSequence] = split(a);
  const [bTime, bSequence] = split(b);
  return aTime - bTime || aSequence - bSequence;
}

/** The later of two ids. */
export const laterId = (a: string, b: string): string => (compareIds(a, b) >= 0 ? a : b);

/** The earlier of two ids. */
export const earlierId = (a: string, b: string): string => (compareIds(a, b) <= 0 ? a : b);

/** When Redis appended the entry, by its own clock, ms since 1970. */
export const idTime = (id: string): number => split(id)[0];
