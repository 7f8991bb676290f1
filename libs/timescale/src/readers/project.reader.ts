import { queryRows, type Queryable } from '../postgres-pool.js';

export interface Project {
  id: string;
  name: string;
  /** ISO 8601. */
  createdAt: string;
}

/** Answers "which projects are there?". */
export class ProjectReader {
  constructor(private readonly db: Queryable) {}

  /** By id. */
  async list(): Promise<Project[]> {
    const rows = await queryRows<{ id: string; name: string; created_at: Date }>(
      this.db,
      'SELECT id, name, created_at FROM projects ORDER BY id',
    );
    return rows.map((row) => ({ id: row.id, name: row.name, createdAt: row.created_at.toISOString() }));
  }
}
