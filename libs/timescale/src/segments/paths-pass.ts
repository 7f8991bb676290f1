import { NO_PAGE, OTHER_PAGES, type PathLink, type Paths, type PathsQuestion } from '../queries/paths.js';
import { ByteDictionary } from './byte-dictionary.js';
import type { JourneyPass } from './journey-pass.js';
import { filterColumns, matchesOf } from './segment-filter.js';
import { eventsBetween, SharedNumbers, type Segment } from './segment.js';
import { grownTo } from './typed-arrays.js';

/** No page: 0. The anchor is the first page that has a number. */
const ANCHOR = 1;

/** readPaths over segments, oldest first. Of each session only its last page and the pages next to the anchor are kept. */
export class PathsPass implements JourneyPass<Paths> {
  readonly order = 'ASC';
  readonly columns;
  private readonly sessions = new ByteDictionary();
  private readonly pages = new ByteDictionary();
  /** Of each session: the page that it is on, whether it has seen the anchor, and the pages of its way, nearest to the anchor first. */
  private current = new Uint32Array(0);
  private anchored = new Uint8Array(0);
  private ways = new Uint32Array(0);

  constructor(private readonly question: PathsQuestion) {
    this.columns = ['session', 'type', 'page_path', ...filterColumns(question.filter)] as const;
    const anchor = Buffer.from(question.anchor);
    this.pages.codeOf(anchor, 0, anchor.length);
  }

  get footprint(): number {
    return this.sessions.footprint + this.pages.footprint + this.current.byteLength + this.anchored.byteLength + this.ways.byteLength;
  }

  add(segment: Segment): void {
    const { range, filter } = this.question;
    const [first, end] = eventsBetween(segment, range.from.getTime() * 1000, range.to.getTime() * 1000);
    if (first === end) return;
    const view = { field: 'type', op: 'is', value: 'page_view' } as const;
    const matches = matchesOf(filter ? { and: [view, filter] } : view, segment);
    const [session, path] = [segment.column('session'), segment.column('page_path')];
    const [sessions, pages] = [new SharedNumbers(session, this.sessions), new SharedNumbers(path, this.pages)];
    for (let event = first; event < end; event++) {
      const [own, viewed] = [session.codes[event]!, path.codes[event]!];
      if (matches[event] === 1 && own !== 0 && viewed !== 0) this.view(sessions.of(own), pages.of(viewed));
    }
  }

  private view(session: number, page: number): void {
    if (session >= this.current.length) this.grow(session);
    const before = this.current[session]!;
    if (before === page) return;
    this.current[session] = page;
    const way = session * this.question.depth;
    if (this.question.direction === 'next' && this.anchored[session] === 1) this.append(way, page);
    if (this.question.direction === 'previous' && this.anchored[session] === 0 && before !== 0) this.prepend(way, before);
    if (page === ANCHOR) this.anchored[session] = 1;
  }

  private prepend(way: number, page: number): void {
    this.ways.copyWithin(way + 1, way, way + this.question.depth - 1);
    this.ways[way] = page;
  }

  private append(way: number, page: number): void {
    for (let place = way; place < way + this.question.depth; place++)
      if (this.ways[place] === 0) {
        this.ways[place] = page;
        return;
      }
  }

  result(): Paths {
    const { depth } = this.question;
    const ranks = Array.from({ length: depth }, (_, step) => this.rank(step));
    let sessions = 0;
    for (let session = 1; session <= this.sessions.size; session++) sessions += this.anchored[session]!;
    return { sessions, links: ranks.flatMap((_, step) => this.linksOf(step, ranks)) };
  }

  /** The pages of a step that are told apart, and the place of each page among them, or after them. */
  private rank(step: number): { listed: string[]; places: Uint32Array } {
    const counts = new Uint32Array(this.pages.size + 1);
    this.eachWay((way) => counts[this.ways[way + step]!]!++);
    const seen: { page: number; name: Buffer }[] = [];
    for (let page = 1; page < counts.length; page++) if (counts[page]! > 0) seen.push({ page, name: this.nameOf(page) });
    seen.sort((a, b) => counts[b.page]! - counts[a.page]! || Buffer.compare(a.name, b.name));
    const listed = seen.slice(0, this.question.limit);
    const places = new Uint32Array(counts.length).fill(listed.length);
    listed.forEach(({ page }, place) => (places[page] = place));
    places[0] = listed.length + 1;
    return { listed: [...listed.map(({ name }) => name.toString()), OTHER_PAGES, NO_PAGE], places };
  }

  private linksOf(step: number, ranks: readonly { listed: string[]; places: Uint32Array }[]): PathLink[] {
    const [nearer, farther] = [ranks[step - 1], ranks[step]!];
    const width = farther.listed.length;
    const counts = new Uint32Array((nearer?.listed.length ?? 1) * width);
    this.eachWay((way) => {
      const from = step === 0 ? ANCHOR : this.ways[way + step - 1]!;
      if (from !== 0) counts[(nearer ? nearer.places[from]! : 0) * width + farther.places[this.ways[way + step]!]!]!++;
    });
    const links: PathLink[] = [];
    counts.forEach((sessions, cell) => {
      const from = nearer ? nearer.listed[Math.floor(cell / width)]! : this.question.anchor;
      if (sessions > 0) links.push({ step: step + 1, from, to: farther.listed[cell % width]!, sessions });
    });
    return links.sort((a, b) => b.sessions - a.sessions || byBytes(a.from, b.from) || byBytes(a.to, b.to));
  }

  private eachWay(visit: (way: number) => void): void {
    for (let session = 1; session <= this.sessions.size; session++) if (this.anchored[session] === 1) visit(session * this.question.depth);
  }

  private nameOf(page: number): Buffer {
    return Buffer.from(this.pages.content.slice(page === 1 ? 0 : this.pages.endOf(page - 1), this.pages.endOf(page)));
  }

  private grow(session: number): void {
    const sessions = Math.max(1024, session * 2);
    this.current = grownTo(this.current, sessions);
    this.anchored = grownTo(this.anchored, sessions);
    this.ways = grownTo(this.ways, sessions * this.question.depth);
  }
}

/** As COLLATE "C" orders. */
const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
