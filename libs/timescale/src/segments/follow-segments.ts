import { Client, type ClientBase } from 'pg';
import { QUARTER_MS, stretchStart } from '../compaction/stretch.js';
import { SNAPSHOT } from '../queries/metrics.reader.js';
import { readCompacted } from '../queries/query-plan.js';
import { coverRange, type Compacted } from '../queries/stretch-cover.js';
import { copyRows, setProject, type CopiedRow } from './copy-rows.js';
import { passOf, reachOf, type JourneyKind, type JourneyQuestion, type Journeys } from './journey-question.js';
import { decodeColumn, decodeNumbers } from './segment-column.js';
import { SegmentEncoder, type EncodedSegment } from './segment.encoder.js';
import { rawRows, segmentRows, type SegmentColumnName } from './segment-statements.js';
import type { Segment } from './segment.js';

/** With more parts to be read from the events, SQL is asked. */
const MOST_RESTS = 40;
/** Columns before those that were asked for: start of the quarter, events, times. */
const FIRST_COLUMN = 3;

/** A part of the range, ms since 1970; `raw`: to be read from the events. */
interface Piece {
  from: number;
  to: number;
  raw: boolean;
}

/** What segments say, and how much of it is theirs; or why they say nothing. */
export type Followed =
  | { answer: Journeys[JourneyKind]['answer']; quarters: number; eventSeconds: number; obstacle?: undefined }
  | { obstacle: string };

/** A question takes longer, or more memory, than it may; the message says what to do. */
export class JourneyUnansweredError extends Error {}

/**
 * Answers a question by one pass over segments, and over segments made of events where none are kept (the present, and stale quarters).
 * @param client in a transaction of one snapshot; of no use after an error. @param mostBytes of memory for what is known of users and sessions.
 * @throws {JourneyUnansweredError}
 */
export async function followSegments(client: ClientBase, asked: JourneyQuestion, mostBytes: number): Promise<Followed> {
  const [from, to] = reachOf(asked);
  const edges = [stretchStart(from, 15), stretchStart(to + QUARTER_MS - 1, 15)];
  const pieces = piecesOf(edges, ofQuarters(await readCompacted(client, asked.question.projectId, undefined, [edges])));
  const raw = pieces.filter((piece) => piece.raw);
  if (raw.length === pieces.length) return { obstacle: 'no quarter of an hour of the range is compacted and not stale' };
  if (raw.length > MOST_RESTS) return { obstacle: `more than ${MOST_RESTS} parts of the range are not compacted` };
  const pass = passOf(asked);
  const columns = [...new Set(pass.columns)];
  await setProject(client, asked.question.projectId);
  for (const piece of pass.order === 'ASC' ? pieces : pieces.toReversed()) {
    await (piece.raw ? readEvents : readSegments)(client, columns, piece, pass.order, (segment) => {
      pass.add(segment);
      if (pass.footprint > mostBytes) throw tooLarge(mostBytes);
    });
  }
  const lengthOf = (some: readonly Piece[]): number => some.reduce((sum, piece) => sum + piece.to - piece.from, 0);
  return { answer: pass.result(), quarters: lengthOf(pieces.filter((piece) => !piece.raw)) / QUARTER_MS, eventSeconds: lengthOf(raw) / 1000 };
}

/** The same by a connection of its own. @param url of the reader's role. */
export async function connectAndFollow(url: string, asked: JourneyQuestion, mostBytes: number): Promise<Followed> {
  const client = new Client({ connectionString: url, application_name: 'journeys', connectionTimeoutMillis: 5_000 });
  // A connection that breaks fails what runs on it, too.
  client.on('error', () => {});
  await client.connect();
  try {
    await client.query(SNAPSHOT);
    const followed = await followSegments(client, asked, mostBytes);
    await client.end();
    return followed;
  } catch (error) {
    // It may be in the middle of a COPY that nobody reads any more.
    client.connection.stream.destroy();
    throw error;
  }
}

const tooLarge = (mostBytes: number): JourneyUnansweredError =>
  new JourneyUnansweredError(`the users or sessions of the range take more than ${mostBytes / 2 ** 20} MB of memory; ask for a shorter range`);

/** Segments are of whole quarters, and know nothing of the shortest stretches. */
const ofQuarters = ({ through, ...compacted }: Compacted): Compacted => ({
  ...compacted,
  through: through === undefined ? undefined : stretchStart(through, 15),
  shortestFrom: Infinity,
});

/** Oldest first, each as long as it can be. */
function piecesOf(edges: readonly number[], compacted: Compacted): Piece[] {
  const { runs, rests } = coverRange(edges, compacted);
  const all = [...runs.map((run) => ({ ...run, raw: false })), ...rests.map((rest) => ({ ...rest, raw: true }))];
  const pieces: Piece[] = [];
  for (const { from, to, raw } of all.sort((a, b) => a.from.getTime() - b.from.getTime())) {
    const last = pieces.at(-1);
    if (last?.raw === raw) last.to = to.getTime();
    else pieces.push({ from: from.getTime(), to: to.getTime(), raw });
  }
  return pieces;
}

type Read = (client: ClientBase, columns: readonly SegmentColumnName[], piece: Piece, order: 'ASC' | 'DESC', onSegment: (segment: Segment) => void) => Promise<void>;

const readSegments: Read = (client, columns, { from, to }, order, onSegment) =>
  copyRows(client, segmentRows(columns, from, to, order), FIRST_COLUMN + columns.length, (row) => onSegment(segmentOf(row, columns)));

/** The events of a rest are in memory together, at some 10 bytes each. */
const readEvents: Read = async (client, columns, { from, to }, order, onSegment) => {
  const encoder = new SegmentEncoder(columns.length);
  await copyRows(client, rawRows(columns, from, to), 1 + columns.length, (row) => encoder.add(row));
  const segments = encoder.end();
  for (const segment of order === 'ASC' ? segments : segments.toReversed()) onSegment(decoded(segment, columns));
};

function segmentOf({ bytes, starts, lengths }: CopiedRow, columns: readonly SegmentColumnName[]): Segment {
  const field = (index: number): Buffer => bytes.subarray(starts[index]!, starts[index]! + lengths[index]!);
  const quarter = Number(field(0).readBigInt64BE()) * 1000;
  const events = field(1).readInt32BE();
  return decoded({ quarter, events, times: field(2), columns: columns.map((_, index) => field(FIRST_COLUMN + index)) }, columns);
}

function decoded({ quarter, events, times, columns }: Omit<EncodedSegment, 'part'>, names: readonly SegmentColumnName[]): Segment {
  const byName = new Map(names.map((name, index) => [name, decodeColumn(columns[index]!, events)]));
  const column: Segment['column'] = (name) => {
    const found = byName.get(name);
    if (!found) throw new RangeError(`the column ${name} was not read`);
    return found;
  };
  return { start: quarter, events, times: decodeNumbers(times, events), column };
}
