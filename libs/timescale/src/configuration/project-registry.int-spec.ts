import { createHash } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { freshDatabase, type FreshDatabase } from '@analytics/testing';
import { createPool } from '../postgres-pool.js';
import { ProjectReader } from '../readers/project.reader.js';
import { createDataSource } from '../setup/data-source.js';
import { prepareDatabase } from '../setup/prepare-database.js';
import { ensureProject, listProjects, listWriteKeyHashes } from './project-registry.js';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('the project registry', () => {
  let database: FreshDatabase;
  let owner: DataSource;

  beforeEach(async () => {
    database = await freshDatabase(prepareDatabase);
    owner = await createDataSource({ url: database.ownerUrl, applicationName: 'spec-owner' }).initialize();
  });

  afterEach(async () => {
    await owner.destroy();
    await database.drop();
  });

  it('makes a project and its write key once, and keeps only the hash of the key', async () => {
    for (let time = 0; time < 2; time++) await ensureProject(owner, { id: 'demo', name: 'Demo shop', writeKey: 'wk_secret' });
    expect(await listWriteKeyHashes(owner)).toEqual([{ keyHash: sha256('wk_secret'), projectId: 'demo' }]);
    expect(await listProjects(owner)).toEqual([expect.objectContaining({ id: 'demo', name: 'Demo shop' })]);
    const everything = await owner.query<unknown[]>('SELECT write_keys.*::text AS row FROM write_keys');
    expect(JSON.stringify(everything)).not.toContain('wk_secret');
  });

  it('lists no revoked key', async () => {
    await ensureProject(owner, { id: 'demo', name: 'Demo', writeKey: 'old' });
    await owner.query('UPDATE write_keys SET revoked_at = now()');
    await ensureProject(owner, { id: 'demo', name: 'Demo', writeKey: 'new' });
    expect(await listWriteKeyHashes(owner)).toEqual([{ keyHash: sha256('new'), projectId: 'demo' }]);
  });

  it('refuses a key that belongs to another project, and an id that is none', async () => {
    await ensureProject(owner, { id: 'demo', name: 'Demo', writeKey: 'same' });
    await expect(ensureProject(owner, { id: 'other', name: 'Other', writeKey: 'same' })).rejects.toThrow(
      /already belongs to project demo: make a new key/,
    );
    await expect(ensureProject(owner, { id: 'No Id', name: 'x' })).rejects.toThrow(/project id "No Id" must match/);
  });

  it('is readable by the writer, and its projects by the reader', async () => {
    await ensureProject(owner, { id: 'demo', name: 'Demo', writeKey: 'key' });
    const writer = await createDataSource({ url: database.writerUrl, applicationName: 'spec-writer' }).initialize();
    expect(await listWriteKeyHashes(writer)).toHaveLength(1);
    await writer.destroy();
    const reader = createPool(database.readerUrl, { max: 1, applicationName: 'spec-reader' });
    expect(await new ProjectReader(reader).list()).toEqual([
      { id: 'demo', name: 'Demo', createdAt: expect.stringMatching(/^2.*Z$/) as string },
    ]);
    await reader.end();
  });
});
