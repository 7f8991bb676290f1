import type { DataSource } from 'typeorm';

/** Views of a project at most, private ones included. */
export const MOST_VIEWS = 200;

export interface ViewInput {
  projectId: string;
  /** Whose it is. */
  personId: number;
  name: string;
  /** Name of a page of the dashboard. */
  page: string;
  /** The address's search as JSON, an object; without the project. */
  search: string;
  /** `false`: only its owner sees it. */
  forEveryone: boolean;
}

export interface SavedView extends ViewInput {
  id: number;
  /** Name of the person. */
  owner: string;
  createdAt: Date;
  updatedAt: Date;
}

/** What may be changed of a view; what is left out stays. */
export type ViewChange = Partial<Pick<ViewInput, 'name' | 'page' | 'search' | 'forEveryone'>>;

const VISIBLE = `
  SELECT v.id::int, v.project_id AS "projectId", v.person_id::int AS "personId", v.name, v.page, v.search, v.for_everyone AS "forEveryone",
         p.name AS owner, v.created_at AS "createdAt", v.updated_at AS "updatedAt"
    FROM saved_views v JOIN people p ON p.id = v.person_id
   WHERE v.project_id = $1 AND (v.for_everyone OR v.person_id = $2)`;

const INSERT = `
  INSERT INTO saved_views (project_id, person_id, name, page, search, for_everyone)
  SELECT $1::text, $2::bigint, $3::text, $4::text, $5::text, $6::boolean
   WHERE (SELECT count(*) FROM saved_views WHERE project_id = $1) < ${MOST_VIEWS}
  RETURNING id::int`;

const UPDATE = `
  UPDATE saved_views
     SET name = coalesce($3, name), page = coalesce($4, page), search = coalesce($5, search), for_everyone = coalesce($6, for_everyone),
         updated_at = now()
   WHERE project_id = $1 AND id = $2`;

/** Views of a project that everybody sees, and with a person his own; by name. */
export const listViews = (tables: DataSource, projectId: string, personId: number | null): Promise<SavedView[]> =>
  tables.query<SavedView[]>(`${VISIBLE} ORDER BY lower(v.name), v.id`, [projectId, personId]);

/** @returns `null` when there is no such view, or the person may not see it. */
export async function findView(tables: DataSource, projectId: string, id: number, personId: number): Promise<SavedView | null> {
  const [view] = await tables.query<SavedView[]>(`${VISIBLE} AND v.id = $3`, [projectId, personId, id]);
  return view ?? null;
}

/** @returns its id; `null` when the project has {@link MOST_VIEWS} already. */
export async function addView(tables: DataSource, { projectId, personId, name, page, search, forEveryone }: ViewInput): Promise<number | null> {
  const [made] = await tables.query<{ id: number }[]>(INSERT, [projectId, personId, name, page, search, forEveryone]);
  return made?.id ?? null;
}

export async function changeView(tables: DataSource, projectId: string, id: number, change: ViewChange): Promise<void> {
  const { name = null, page = null, search = null, forEveryone = null } = change;
  await tables.query(UPDATE, [projectId, id, name, page, search, forEveryone]);
}

export async function deleteView(tables: DataSource, projectId: string, id: number): Promise<void> {
  await tables.query('DELETE FROM saved_views WHERE project_id = $1 AND id = $2', [projectId, id]);
}
