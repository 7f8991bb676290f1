import type { Cohort, RetentionQuestion } from '../queries/retention.js';
import { ByteDictionary } from './byte-dictionary.js';
import type { JourneyPass } from './journey-pass.js';
import { filterColumns, matchesOf } from './segment-filter.js';
import { eventsBetween, SharedNumbers, type Segment } from './segment.js';
import { grownTo } from './typed-arrays.js';

const BITS = 32;

/** readRetention over segments. */
export class RetentionPass implements JourneyPass<Cohort[]> {
  readonly order = 'ASC';
  readonly columns;
  private readonly entities = new ByteDictionary();
  /** µs since 1970. */
  private readonly ends: number[];
  /** Numbers that hold a bit for each day or week. */
  private readonly words: number;
  /** Of each entity the day or week, from 1 on, of its first start; 0: none. */
  private cohorts = new Uint32Array(0);
  private returns = new Uint32Array(0);

  constructor(private readonly question: RetentionQuestion) {
    const { by, filter, start, return: again, buckets } = question;
    this.columns = [by, ...[filter, start, again].flatMap(filterColumns)];
    this.ends = buckets.map(({ to }) => to.getTime() * 1000);
    this.words = Math.ceil(buckets.length / BITS);
  }

  get footprint(): number {
    return this.entities.footprint + this.cohorts.byteLength + this.returns.byteLength;
  }

  add(segment: Segment): void {
    const { by, range, filter, start, return: again } = this.question;
    const [first, end] = eventsBetween(segment, range.from.getTime() * 1000, range.to.getTime() * 1000);
    if (first === end) return;
    const [inSet, starts, returns] = [filter, start, again].map((each) => matchesOf(each, segment));
    const column = segment.column(by);
    const numbers = new SharedNumbers(column, this.entities);
    let bucket = 0;
    for (let event = first; event < end; event++) {
      const code = column.codes[event]!;
      if (code === 0 || inSet![event] === 0 || (starts![event] === 0 && returns![event] === 0)) continue;
      const at = segment.start + segment.times[event]!;
      while (at >= this.ends[bucket]!) bucket++;
      const entity = numbers.of(code);
      if (entity >= this.cohorts.length) this.grow(entity);
      // Segments come in the order of time, so the first one is the earliest.
      if (starts![event] === 1 && this.cohorts[entity] === 0) this.cohorts[entity] = bucket + 1;
      if (returns![event] === 1) this.returns[entity * this.words + Math.floor(bucket / BITS)]! |= 1 << bucket % BITS;
    }
  }

  result(): Cohort[] {
    const days = this.ends.length;
    const cohorts = this.ends.map((_, index): Cohort => ({ size: 0, returned: new Array<number>(days - index - 1).fill(0) }));
    for (let entity = 1; entity <= this.entities.size; entity++) {
      const own = this.cohorts[entity]! - 1;
      if (own < 0) continue;
      const cohort = cohorts[own]!;
      cohort.size++;
      for (let day = own + 1; day < days; day++)
        if ((this.returns[entity * this.words + Math.floor(day / BITS)]! & (1 << day % BITS)) !== 0) cohort.returned[day - own - 1]!++;
    }
    return cohorts;
  }

  private grow(entity: number): void {
    const entities = Math.max(1024, entity * 2);
    this.cohorts = grownTo(this.cohorts, entities);
    this.returns = grownTo(this.returns, entities * this.words);
  }
}
