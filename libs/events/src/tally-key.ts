/**
 * The ledger's unit: one project and one minute of acceptance (`received_at`). It is counted under this key wherever something
 * happens to an event, from the pack that carries it to the row that proves it.
 */
export interface TallyKey {
  projectId: string;
  /** Start of the minute, ms since 1970. */
  minute: number;
}

const MINUTE_MS = 60_000;

/** The key of an ingested event: `demo|29924069`, the project and the minutes since 1970. */
export const tallyKeyOf = (event: { project_id: string; received_at: string }): string =>
  `${event.project_id}|${Math.floor(Date.parse(event.received_at) / MINUTE_MS)}`;

/** @returns undefined when the text is no tally key. */
export function parseTallyKey(key: string): TallyKey | undefined {
  const match = /^([a-z][a-z0-9-]{0,62})\|(\d{1,10})$/.exec(key);
  return match ? { projectId: match[1]!, minute: Number(match[2]) * MINUTE_MS } : undefined;
}
