import type { Queryable } from '../postgres-pool.js';
import { queryRows } from '../postgres-pool.js';

/** A setting under which a crash may lose or damage what was committed. */
export interface DurabilityFault {
  setting: string;
  value: string;
  wanted: string;
  why: string;
}

const REQUIREMENTS: readonly { setting: string; safe: readonly string[]; why: string }[] = [
  {
    setting: 'fsync',
    safe: ['on'],
    why: 'without it a crash of the machine can damage the whole database',
  },
  {
    setting: 'synchronous_commit',
    safe: ['on', 'local', 'remote_write', 'remote_apply'],
    why: 'with it off a crash loses the last commits, whose stream entries are already acknowledged and trimmed',
  },
  {
    setting: 'full_page_writes',
    safe: ['on'],
    why: 'without it a crash in the middle of writing a page can leave it torn',
  },
];

/**
 * Asks whether a commit survives a crash, as this pool's role sees it (a role can switch `synchronous_commit` off for itself).
 * @returns no fault when it does. @throws when the database cannot be asked.
 */
export async function checkPostgresDurability(db: Queryable): Promise<DurabilityFault[]> {
  const rows = await queryRows<{ name: string; value: string }>(
    db,
    'SELECT name, current_setting(name) AS value FROM unnest($1::text[]) AS name',
    [REQUIREMENTS.map((requirement) => requirement.setting)],
  );
  const values = new Map(rows.map((row) => [row.name, row.value]));
  return REQUIREMENTS.flatMap(({ setting, safe, why }) => {
    const value = values.get(setting) ?? 'unknown';
    return safe.includes(value) ? [] : [{ setting, value, wanted: safe[0]!, why }];
  });
}
