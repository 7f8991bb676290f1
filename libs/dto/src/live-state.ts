/**
 * Ids of rows in their order, as runs of consecutive ids: `[first, last]`, descending where `last` is less than `first`.
 * A window that slides by one row costs one run.
 */
export type RowRuns = [first: number, last: number][];

/** A list's rows, by field of the answer. An id stays with its row (a bucket, an event) while that is in the answer. */
export interface ListPatch {
  /** All rows from now on; those that are not named are gone. Absent: the same as before. */
  order?: RowRuns;
  /** New and changed rows by id, each as a whole. */
  set: Record<number, unknown>;
}

/** What changed in an answer from one of its states to a later one. */
export interface AnswerPatch {
  /** Changed fields that are not lists of rows, each as a whole. */
  head: Record<string, unknown>;
  /** Fields that are gone. */
  removed?: string[];
  lists: Record<string, ListPatch>;
}

interface FrameBase {
  /** The client's name for its subscription. */
  id: string;
  /** Names the evaluation. Another one begins after a restart of the gateway, or 90 s after the last viewer has left. */
  stream: string;
  /** Counts the states of the stream, from 1 on. */
  number: number;
  /** Newest commit among those that this frame shows and the one before did not, server's clock, ms since 1970; null: there is none. */
  storedAt: number | null;
  /** When the newest event of that commit was created, if it came on time, ms since 1970. */
  createdAt: number | null;
  /** When the gateway handed it to the line, server's clock, ms since 1970. */
  pushedAt: number;
}

/** The whole answer. */
export interface SnapshotFrame extends FrameBase {
  /** As the question's route answers. */
  snapshot: object;
  /** Fields of the answer that are lists of rows, with the ids of their rows in order. */
  rows: Record<string, RowRuns>;
}

/** What changed since state `from`, which the client has. Any number of states lies between. */
export interface PatchFrame extends FrameBase {
  from: number;
  patch: AnswerPatch;
}

export type LiveFrame = SnapshotFrame | PatchFrame;

interface Rows {
  order: readonly number[];
  byId: ReadonlyMap<number, unknown>;
}

/** An answer as a client holds it: a state of a stream. Never changed; what a patch leaves alone keeps its identity. */
export interface LiveState<A = object> {
  readonly stream: string;
  readonly number: number;
  readonly answer: A;
  readonly rows: Readonly<Record<string, Rows>>;
}

/**
 * The state after a frame.
 * @returns `undefined` when the frame does not follow: the client has to ask again with the (stream, number) that it has. The state itself
 * when the frame was applied before.
 */
export function applyFrame(state: LiveState | undefined, frame: LiveFrame): LiveState | undefined {
  if ('snapshot' in frame) return stateOf(frame);
  if (!state || state.stream !== frame.stream) return undefined;
  if (frame.number <= state.number) return state;
  if (frame.from !== state.number) return undefined;
  return { stream: frame.stream, number: frame.number, ...patched(state, frame.patch) };
}

function stateOf({ stream, number, snapshot, rows }: SnapshotFrame): LiveState {
  const lists = Object.entries(rows).map(([field, runs]): [string, Rows] => {
    const order = idsOf(runs);
    const list = (snapshot as Record<string, unknown[]>)[field] ?? [];
    return [field, { order, byId: new Map(order.map((id, index) => [id, list[index]])) }];
  });
  return { stream, number, answer: snapshot, rows: Object.fromEntries(lists) };
}

function patched({ answer, rows }: LiveState, { head, removed = [], lists }: AnswerPatch): Pick<LiveState, 'answer' | 'rows'> {
  const next: Record<string, unknown> = { ...answer, ...head };
  for (const field of removed) delete next[field];
  const nextRows: Record<string, Rows> = { ...rows };
  for (const [field, list] of Object.entries(lists)) {
    const changed = patchedRows(rows[field], list);
    nextRows[field] = changed;
    next[field] = changed.order.map((id) => changed.byId.get(id));
  }
  return { answer: next, rows: nextRows };
}

function patchedRows(before: Rows | undefined, { order, set }: ListPatch): Rows {
  const ids = order ? idsOf(order) : (before?.order ?? []);
  return { order: ids, byId: new Map(ids.map((id) => [id, id in set ? set[id] : before?.byId.get(id)])) };
}

/** The ids that runs stand for. */
export function idsOf(runs: RowRuns): number[] {
  return runs.flatMap(([first, last]) => {
    const step = last < first ? -1 : 1;
    return Array.from({ length: Math.abs(last - first) + 1 }, (_, index) => first + index * step);
  });
}

/** Ids as runs. */
export function runsOf(ids: readonly number[]): RowRuns {
  const runs: RowRuns = [];
  for (const id of ids) {
    const run = runs.at(-1);
    const step = run && Math.sign(run[1] - run[0]);
    if (run && Math.abs(id - run[1]) === 1 && (step === 0 || step === id - run[1])) run[1] = id;
    else runs.push([id, id]);
  }
  return runs;
}
