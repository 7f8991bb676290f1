/**
 * Ignores that Redis or PostgreSQL could not be asked: two faults may strike at once, and then the second has nothing to strike.
 */
export async function unlessAway(work: Promise<unknown>): Promise<void> {
  await work.catch(() => undefined);
}
