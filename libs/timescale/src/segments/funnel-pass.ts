import type { FunnelQuestion, FunnelStep } from '../queries/funnel.js';
import { ByteDictionary } from './byte-dictionary.js';
import type { JourneyPass } from './journey-pass.js';
import { matchesOf, filterColumns } from './segment-filter.js';
import { eventsBetween, SharedNumbers, type Segment } from './segment.js';
import { grownTo } from './typed-arrays.js';

/**
 * readFunnel over segments, newest first. Going back in time, each user or session knows for each step after the first when it and those
 * after it are reached from the earliest later event that fulfils it. An event that fulfils step k has these times of step k + 1 behind its
 * own; one that fulfils step 1 is an attempt, and the best so far is kept.
 */
export class FunnelPass implements JourneyPass<FunnelStep[]> {
  readonly order = 'DESC';
  readonly columns;
  private readonly entities = new ByteDictionary();
  private readonly last: number;
  /** Where the times of step k begin among the times of an entity, for k from 1 (the second step) on. */
  private readonly starts: number[];
  private readonly stride: number;
  /** µs since 1970; Infinity: not reached. */
  private later = new Float64Array(0);
  /** Of each entity the times of its best attempt, and how many of them there are. */
  private best = new Float64Array(0);
  private depths = new Uint8Array(0);

  constructor(private readonly question: FunnelQuestion) {
    const { by, steps, filter } = question;
    this.last = steps.length;
    this.columns = [by, ...[filter, ...steps].flatMap(filterColumns)];
    this.starts = steps.map((_, step) => Array.from({ length: Math.max(0, step - 1) }, (_row, row) => this.last - 1 - row).reduce((sum, each) => sum + each, 0));
    this.stride = (this.last * (this.last - 1)) / 2;
  }

  get footprint(): number {
    return this.entities.footprint + this.later.byteLength + this.best.byteLength + this.depths.byteLength;
  }

  add(segment: Segment): void {
    const { by, range, windowMs } = this.question;
    const endOfAttempts = range.to.getTime() * 1000;
    const [first, end] = eventsBetween(segment, range.from.getTime() * 1000, endOfAttempts + windowMs * 1000);
    if (first === end) return;
    const fulfilled = this.fulfilledBy(segment);
    const column = segment.column(by);
    const numbers = new SharedNumbers(column, this.entities);
    const { codes } = column;
    for (let event = end - 1; event >= first; event--) {
      const steps = fulfilled[event]!;
      const code = codes[event]!;
      if (steps === 0 || code === 0) continue;
      const at = segment.start + segment.times[event]!;
      const entity = numbers.of(code);
      if (entity >= this.depths.length) this.grow(entity);
      if ((steps & 1) !== 0 && at < endOfAttempts) this.attempt(entity, at);
      if (steps > 1) this.reach(entity, steps, at);
    }
  }

  result(): FunnelStep[] {
    return this.question.steps.map((_, step) => {
      const seconds: number[] = [];
      let count = 0;
      for (let entity = 1; entity <= this.entities.size; entity++) {
        if (this.depths[entity]! <= step) continue;
        count++;
        if (step > 0) seconds.push((this.best[entity * this.last + step]! - this.best[entity * this.last + step - 1]!) / 1e6);
      }
      return { count, medianSeconds: medianOf(Float64Array.from(seconds)) };
    });
  }

  /** A bit for each step that an event fulfils. */
  private fulfilledBy(segment: Segment): Uint8Array {
    const fulfilled = new Uint8Array(segment.events);
    this.question.steps.forEach((filter, step) => {
      const matches = matchesOf(filter, segment);
      for (let event = 0; event < fulfilled.length; event++) fulfilled[event]! |= matches[event]! << step;
    });
    if (!this.question.filter) return fulfilled;
    const matches = matchesOf(this.question.filter, segment);
    for (let event = 0; event < fulfilled.length; event++) fulfilled[event]! *= matches[event]!;
    return fulfilled;
  }

  private attempt(entity: number, at: number): void {
    const until = at + this.question.windowMs * 1000;
    const second = entity * this.stride;
    let depth = 1;
    while (depth < this.last && this.later[second + depth - 1]! <= until) depth++;
    // The earlier one of equals.
    if (depth < this.depths[entity]!) return;
    this.depths[entity] = depth;
    const own = entity * this.last;
    this.best[own] = at;
    for (let step = 1; step < depth; step++) this.best[own + step] = this.later[second + step - 1]!;
  }

  private reach(entity: number, steps: number, at: number): void {
    const own = entity * this.stride;
    // In this order the event does not follow itself.
    for (let step = 1; step < this.last; step++) {
      if ((steps & (1 << step)) === 0) continue;
      let place = own + this.starts[step]!;
      this.later[place++] = at;
      // Of the last step nothing follows, and the loop has no round.
      for (let from = own + this.starts[step + 1]!, rest = this.last - step - 1; rest > 0; rest--) this.later[place++] = this.later[from++]!;
    }
  }

  private grow(entity: number): void {
    const entities = Math.max(1024, entity * 2);
    const before = this.later.length;
    this.later = grownTo(this.later, entities * this.stride);
    this.later.fill(Infinity, before);
    this.best = grownTo(this.best, entities * this.last);
    this.depths = grownTo(this.depths, entities);
  }
}

/** As percentile_cont(0.5) has it; null of none. */
function medianOf(values: Float64Array): number | null {
  if (values.length === 0) return null;
  values.sort();
  const middle = (values.length - 1) / 2;
  const [low, high] = [values[Math.floor(middle)]!, values[Math.ceil(middle)]!];
  return low + (middle - Math.floor(middle)) * (high - low);
}
