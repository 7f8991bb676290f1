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

// Events that follow each other were mostly accepted together: then the key is the same.
let last = { project_id: '', received_at: '', key: '' };

/** The key of an ingested event: `demo|29924069`, the project and the minutes since 1970. */
export function tallyKeyOf({ project_id, received_at }: { project_id: string; received_at: string }): string {
  if (received_at !== last.received_at || project_id !== last.project_id)
    last = { project_id, received_at, key: `${project_id}|${Math.floor(Date.parse(received_at) / MINUTE_MS)}` };
  return last.key;
}

/** @returns undefined when the text is no tally key. */
export function parseTallyKey(key: string): TallyKey | undefined {
  const match = /^([a-z][a-z0-9-]{0,62})\|(\d{1,10})$/.exec(key);
  return match ? { projectId: match[1]!, minute: Number(match[2]) * MINUTE_MS } : undefined;
}
