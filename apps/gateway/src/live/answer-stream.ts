import { randomBytes } from 'node:crypto';
import { runsOf, type LiveFrame } from '@analytics/dto';
import { LivePacket } from './live-packet.js';

/** Which fields of an answer are lists of rows, and what tells the rows of each apart. */
export type RowKeys = Readonly<Record<string, (row: never) => unknown>>;

/** The newest commit that an answer shows. Times in ms since 1970. */
export interface CommitNews {
  storedAt: number;
  /** When its newest event was created; null: not on time, or not known. */
  createdAt: number | null;
}

interface Row {
  id: number;
  text: string;
  changedAt: number;
}
interface List {
  rows: Map<string, Row>;
  orderChangedAt: number;
}
interface Field {
  /** JSON; undefined: the field is gone. */
  text: string | undefined;
  changedAt: number;
}

/** Is not news: it changes at every look. */
const NO_NEWS: ReadonlySet<string> = new Set(['asOf']);
/** Moves with the clock. Alone it is news once a second, so that `completeThrough` advances on screens that show nothing else new. */
const SLOW_NEWS: ReadonlySet<string> = new Set(['completeThrough', 'inFlight', 'query', 'from', 'to']);
const SLOW_NEWS_MS = 1_000;
/** Frames and packets that are kept for viewers of the same state. */
const MOST_ENCODED = 8;

/**
 * The states of one answer, numbered from 1. Of each field and row it is remembered at which number it last changed, so the patch from any
 * earlier state to the present one is a filter: there is no log of patches, and merging the frames of a slow viewer is the same thing.
 */
export class AnswerStream {
  /** Nobody else has the same, so a client can tell whether its number means anything here. */
  readonly name = randomBytes(9).toString('base64url');
  private current = 0;
  private advancedAt = 0;
  private nextId = 1;
  private news: (CommitNews & { number: number }) | undefined;
  private newsPushed = false;
  private readonly head = new Map<string, Field>();
  private readonly lists = new Map<string, List>();
  private readonly encoded = new Map<number, string>();
  private readonly packets = new Map<string, LivePacket>();

  constructor(private readonly keys: RowKeys) {}

  /** Of the present state; 0 before the first answer. */
  get number(): number {
    return this.current;
  }

  /** About how much memory it takes, in characters. */
  get size(): number {
    let size = 0;
    for (const { text } of this.head.values()) size += text?.length ?? 0;
    for (const { rows } of this.lists.values()) for (const [key, { text }] of rows) size += key.length + text.length;
    return size;
  }

  /**
   * Takes the next answer.
   * @param news the commits that it shows for the first time.
   * @param anyway makes a new state even if nothing is new.
   * @returns whether there is a new state.
   */
  advance(answer: object, now: number, { news, anyway = false }: { news?: CommitNews | undefined; anyway?: boolean } = {}): boolean {
    const next = this.current + 1;
    const { head, lists } = this.split(answer);
    const changed = [...new Set([...head.keys(), ...this.head.keys()])].filter((field) => head.get(field) !== this.head.get(field)?.text);
    const listsChanged = [...new Set([...lists.keys(), ...this.lists.keys()])].filter((field) => !sameRows(lists.get(field), this.lists.get(field)));
    const pressing = listsChanged.length > 0 || changed.some((field) => !NO_NEWS.has(field) && !SLOW_NEWS.has(field));
    const slow = changed.some((field) => SLOW_NEWS.has(field)) && now - this.advancedAt >= SLOW_NEWS_MS;
    if (!pressing && !slow && !anyway && this.current > 0) return false;
    for (const field of changed) this.head.set(field, { text: head.get(field), changedAt: next });
    for (const field of listsChanged) this.change(field, lists.get(field), next);
    this.current = next;
    this.advancedAt = now;
    this.encoded.clear();
    this.packets.clear();
    if (news) [this.news, this.newsPushed] = [{ ...news, number: next }, false];
    return true;
  }

  /** Milliseconds from the newest commit to its first frame, `pushedAt`; undefined: this state shows none, or it was asked before. */
  takeDelay(pushedAt: number): number | undefined {
    if (this.newsPushed || this.news?.number !== this.current) return undefined;
    this.newsPushed = true;
    return pushedAt - this.news.storedAt;
  }

  /**
   * The frame that leads from a state to the present one. Viewers of the same state with the same name for it share one packet.
   * @param from of this stream; 0, or no state of it: a snapshot.
   */
  packet(id: string, from: number): LivePacket {
    const key = `${from} ${id}`;
    const packet = this.packets.get(key) ?? LivePacket.of('frame', this.frame(id, from));
    if (this.packets.size < MOST_ENCODED) this.packets.set(key, packet);
    return packet;
  }

  /** The same, for those who encode it themselves. */
  frameObject(id: string, from: number | undefined): LiveFrame {
    return JSON.parse(this.frame(id, from)) as LiveFrame;
  }

  private frame(id: string, from: number | undefined): string {
    const known = from !== undefined && from >= 1 && from <= this.current ? from : 0;
    let text = this.encoded.get(known);
    if (text === undefined) {
      text = known === 0 ? this.snapshot() : this.patch(known);
      if (this.encoded.size < MOST_ENCODED) this.encoded.set(known, text);
    }
    return `{"id":${JSON.stringify(id)},${text}`;
  }

  private snapshot(): string {
    const lists = [...this.lists].map(([field, { rows }]) => `${JSON.stringify(field)}:[${[...rows.values()].map(({ text }) => text).join(',')}]`);
    const head = [...this.head].flatMap(([field, { text }]) => (text === undefined ? [] : [`${JSON.stringify(field)}:${text}`]));
    const rows = Object.fromEntries([...this.lists].map(([field, { rows }]) => [field, runsOf([...rows.values()].map(({ id }) => id))]));
    return `"snapshot":{${[...head, ...lists].join(',')}},"rows":${JSON.stringify(rows)},${this.place(0)}}`;
  }

  private patch(from: number): string {
    const changed = [...this.head].filter(([, { changedAt }]) => changedAt > from);
    const head = changed.flatMap(([field, { text }]) => (text === undefined ? [] : [`${JSON.stringify(field)}:${text}`]));
    const removed = changed.filter(([field, { text }]) => text === undefined && !this.lists.has(field)).map(([field]) => field);
    const lists = [...this.lists].flatMap(([field, list]) => {
      const text = listPatch(list, from);
      return text === undefined ? [] : [`${JSON.stringify(field)}:${text}`];
    });
    const gone = removed.length === 0 ? '' : `"removed":${JSON.stringify(removed)},`;
    return `"from":${from},"patch":{"head":{${head.join(',')}},${gone}"lists":{${lists.join(',')}}},${this.place(from)}}`;
  }

  private place(from: number): string {
    const news = this.news && this.news.number > from ? this.news : undefined;
    const { storedAt = null, createdAt = null } = news ?? {};
    return JSON.stringify({ stream: this.name, number: this.current, storedAt, createdAt, pushedAt: Date.now() }).slice(1, -1);
  }

  private change(field: string, rows: Map<string, string> | undefined, number: number): void {
    const before = this.lists.get(field);
    // A list that is gone is told like any other field that is.
    if (!rows) {
      this.lists.delete(field);
      if (this.head.get(field)?.text === undefined) this.head.set(field, { text: undefined, changedAt: number });
      return;
    }
    const next = new Map<string, Row>();
    for (const [key, text] of rows) {
      const known = before?.rows.get(key);
      next.set(key, known?.text === text ? known : { id: known?.id ?? this.nextId++, text, changedAt: number });
    }
    const sameOrder = before !== undefined && sameKeys(before.rows, next);
    this.lists.set(field, { rows: next, orderChangedAt: sameOrder ? before.orderChangedAt : number });
  }

  private split(answer: object): { head: Map<string, string>; lists: Map<string, Map<string, string>> } {
    const [head, lists] = [new Map<string, string>(), new Map<string, Map<string, string>>()];
    for (const [field, value] of Object.entries(answer) as [string, unknown][]) {
      const keyOf = Object.hasOwn(this.keys, field) ? this.keys[field] : undefined;
      if (keyOf && Array.isArray(value)) lists.set(field, rowsOf(value as never[], keyOf));
      else if (value !== undefined) head.set(field, JSON.stringify(value));
    }
    return { head, lists };
  }
}

/** Key → JSON. Keys are unique by their meaning; should they not be, the place among equals tells them apart. */
function rowsOf(list: readonly never[], keyOf: (row: never) => unknown): Map<string, string> {
  const rows = new Map<string, string>();
  for (const row of list) {
    const key = JSON.stringify(keyOf(row));
    let unique = key;
    for (let place = 2; rows.has(unique); place++) unique = `${key} ${place}`;
    rows.set(unique, JSON.stringify(row));
  }
  return rows;
}

function sameKeys(a: ReadonlyMap<string, unknown>, b: ReadonlyMap<string, unknown>): boolean {
  if (a.size !== b.size) return false;
  const keys = b.keys();
  for (const key of a.keys()) if (keys.next().value !== key) return false;
  return true;
}

function sameRows(next: ReadonlyMap<string, string> | undefined, list: List | undefined): boolean {
  if (!next || !list) return next === list;
  if (!sameKeys(next, list.rows)) return false;
  for (const [key, { text }] of list.rows) if (next.get(key) !== text) return false;
  return true;
}

function listPatch({ rows, orderChangedAt }: List, from: number): string | undefined {
  const changed = [...rows.values()].filter(({ changedAt }) => changedAt > from);
  const reordered = orderChangedAt > from;
  if (!reordered && changed.length === 0) return undefined;
  const order = reordered ? `"order":${JSON.stringify(runsOf([...rows.values()].map(({ id }) => id)))},` : '';
  const set = changed.map(({ id, text }) => `"${id}":${text}`).join(',');
  return `{${order}"set":{${set}}}`;
}
