import type { PoolClient } from 'pg';
import { queryRows } from '../postgres-pool.js';
import { fillSegments } from '../segments/fill-segments.js';
import { addSketches, COUNT_SHORTEST, deleteStretches, hashesFromRaw, readSketches, uniteCounts } from './compaction-statements.js';
import { rememberChunks } from './counted-chunks.js';
import { DistinctSketch, sketchOfHashes, type StoredSketch } from './distinct-sketch.js';
import { QUARTER_MS, SHORTEST, STRETCH_MINUTES, stretchStart, widthMs, type StretchMinutes } from './stretch.js';

/** Fills the shortest stretches between two times (ms) from the events. */
export async function fillShortest(client: PoolClient, projectId: string, from: number, to: number): Promise<void> {
  await rememberChunks(client, from, to);
  const values = [projectId, new Date(from), new Date(to)];
  await client.query(deleteStretches(SHORTEST), values);
  await client.query(COUNT_SHORTEST, values);
  const seen = await queryRows<{ kind: string; bucket: Date; data: Buffer }>(client, hashesFromRaw(SHORTEST), values);
  await storeSketches(client, projectId, SHORTEST, seen.map(({ data, ...row }) => ({ ...row, ...sketchOfHashes(data) })));
}

/** The quarters that the time from `from` to `to` is in. */
export function quartersOf(from: number, to: number): number[] {
  const quarters: number[] = [];
  for (let at = stretchStart(from, 15); at < to; at += QUARTER_MS) quarters.push(at);
  return quarters;
}

/** Fills the quarters (their segments, too), hours and days that the times are in, where `isOver` says that they are over. */
export async function unite(
  client: PoolClient,
  projectId: string,
  times: readonly number[],
  isOver: (start: number, end: number) => boolean,
): Promise<void> {
  for (const [index, minutes] of STRETCH_MINUTES.entries()) {
    const parts = STRETCH_MINUTES[index - 1];
    if (parts === undefined) continue;
    const width = widthMs(minutes);
    const starts = [...new Set(times.map((time) => stretchStart(time, minutes)))].filter((start) => isOver(start, start + width));
    for (const { from, to } of runsOf(starts, width)) await uniteStretches(client, projectId, from, to, minutes, parts);
  }
}

/** Neighbours in one, so that a statement fills them all. @param starts of stretches of one width. */
function runsOf(starts: readonly number[], width: number): { from: number; to: number }[] {
  const runs: { from: number; to: number }[] = [];
  for (const start of starts.toSorted((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last?.to === start) last.to += width;
    else runs.push({ from: start, to: start + width });
  }
  return runs;
}

async function uniteStretches(
  client: PoolClient,
  projectId: string,
  from: number,
  to: number,
  minutes: StretchMinutes,
  parts: StretchMinutes,
): Promise<void> {
  const values = [projectId, new Date(from), new Date(to)];
  await client.query(deleteStretches(minutes), values);
  await client.query(uniteCounts(minutes, parts), values);
  const united = new Map<string, { kind: string; bucket: Date; sketch: DistinctSketch }>();
  for (const { kind, bucket, ...part } of await queryRows<SketchRow>(client, readSketches(parts), values)) {
    const start = stretchStart(bucket.getTime(), minutes);
    const name = `${kind} ${start}`;
    if (!united.has(name)) united.set(name, { kind, bucket: new Date(start), sketch: new DistinctSketch() });
    united.get(name)!.sketch.add(part);
  }
  const rows = [...united.values()].map(({ kind, bucket, sketch }) => ({ kind, bucket, ...sketch.encode() }));
  await storeSketches(client, projectId, minutes, rows);
  if (minutes === 15) await fillSegments(client, projectId, from, to);
}

type SketchRow = StoredSketch & { kind: string; bucket: Date };

async function storeSketches(client: PoolClient, projectId: string, minutes: StretchMinutes, rows: readonly SketchRow[]): Promise<void> {
  if (rows.length === 0) return;
  const column = <Name extends keyof SketchRow>(name: Name): SketchRow[Name][] => rows.map((row) => row[name]);
  await client.query(addSketches(minutes), [projectId, column('kind'), column('bucket'), column('exact'), column('data')]);
}
