import type { Pool } from 'pg';
import { emptyDatabase, type EmptyDatabase } from '@analytics/testing';
import { createPool, queryRows } from '../postgres-pool.js';
import { DistinctSketch, hashSql, MOST_EXACT, SKETCH_ERROR, sketchOfHashes } from './distinct-sketch.js';

describe('a sketch of distinct values', () => {
  let database: EmptyDatabase;
  let pool: Pool;

  beforeAll(async () => {
    database = await emptyDatabase();
    pool = createPool(database.ownerUrl, { max: 1, applicationName: 'spec-sketch' });
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  /** As the database sends the hashes of `user_<n>`. */
  const hashes = async (from: number, to: number): Promise<Buffer> => {
    const sql = `SELECT string_agg(hash, ''::bytea ORDER BY hash) AS data
                   FROM (SELECT ${hashSql(`'user_' || n`)} AS hash FROM generate_series($1::int, $2::int) AS n) AS hashed`;
    return (await queryRows<{ data: Buffer }>(pool, sql, [from, to - 1]))[0]!.data;
  };
  const sketchOf = async (from: number, to: number): Promise<DistinctSketch> => {
    const sketch = new DistinctSketch();
    sketch.add({ exact: true, data: await hashes(from, to) });
    return sketch;
  };
  const united = (...sketches: DistinctSketch[]): DistinctSketch => {
    const union = new DistinctSketch();
    for (const sketch of sketches) union.add(sketch.encode());
    return union;
  };

  it('is exact for small sets, and for their union, however often a value is seen', async () => {
    const parts = await Promise.all([0, 250, 500, 700].map((from) => sketchOf(from, from + 400)));
    const union = united(...parts);
    expect([union.exact, union.count()]).toEqual([true, 1100]);
    expect(parts[0]!.encode()).toMatchObject({ exact: true });
    expect(union.encode()).toMatchObject({ exact: false });
    expect((await sketchOf(0, MOST_EXACT)).encode().exact).toBe(true);
    expect(new DistinctSketch().count()).toBe(0);
  });

  it.each([600, 2_000, 7_000, 12_000, 30_000, 100_000, 300_000])('estimates %i values, mostly within twice the standard error', async (size) => {
    const errors: number[] = [];
    for (let sample = 0; sample < 8; sample++) {
      const half = sample * 1_000_000 + Math.floor(size / 2);
      const union = united(await sketchOf(sample * 1_000_000, half + 100), await sketchOf(half - 100, sample * 1_000_000 + size), await sketchOf(half, half + 1));
      errors.push(united(union).count() / size - 1);
    }
    const rootMeanSquare = Math.sqrt(errors.reduce((sum, error) => sum + error ** 2, 0) / errors.length);
    expect(rootMeanSquare).toBeLessThan(2 * SKETCH_ERROR);
    expect(Math.max(...errors.map(Math.abs))).toBeLessThan(4 * SKETCH_ERROR);
  });

  it.each([1, MOST_EXACT, MOST_EXACT + 1, 5_000])('is the same bytes, whether of %i values at once or of parts of them', async (size) => {
    const data = await hashes(0, size);
    const parts = await Promise.all([sketchOf(0, Math.ceil(size / 2)), sketchOf(Math.floor(size / 3), size)]);
    expect(sketchOfHashes(data)).toEqual(united(...parts).encode());
    expect(sketchOfHashes(data).exact).toBe(size <= MOST_EXACT);
  });
});
