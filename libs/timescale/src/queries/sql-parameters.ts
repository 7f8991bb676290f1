import { offsetStretches } from './buckets.js';
import type { TimeRange } from './time-range.js';

/** Types that values are sent as. A placeholder with a type leaves PostgreSQL nothing to guess. */
export type SqlType = 'text' | 'text[]' | 'float8' | 'float8[]' | 'int' | 'timestamptz' | 'timestamptz[]' | 'uuid';

/** Whose clocks tell the hour and the day of the week, of events of which range. */
export interface LocalClock {
  range: TimeRange;
  /** IANA name. */
  timeZone: string;
}

/** Collects the values of a statement. Nothing that comes from outside gets into SQL in any other way. */
export class SqlParameters {
  readonly values: unknown[] = [];
  private localSeconds: string | undefined;

  /** @param clock default: the one of UTC. */
  constructor(private readonly clock?: LocalClock) {}

  /** @returns the placeholder that stands for the value, such as `$3::text`. */
  add(value: unknown, type: SqlType): string {
    this.values.push(value);
    return `$${this.values.length}::${type}`;
  }

  /** {@link localTimeSql} by this clock. */
  get localTime(): string {
    this.localSeconds ??= localTimeSql(this, this.clock);
    return this.localSeconds;
  }
}

/** SQL of `time` as local clocks show it: the seconds since they showed the beginning of 1970. @param clock default: the one of UTC. */
export function localTimeSql(parameters: SqlParameters, clock?: LocalClock): string {
  const seconds = 'extract(epoch FROM time)::float8';
  if (!clock) return `(${seconds})`;
  const stretches = offsetStretches(clock.range, clock.timeZone);
  const starts = parameters.add(stretches.map(({ from }) => from), 'timestamptz[]');
  const offsets = parameters.add(stretches.map(({ offsetSeconds }) => offsetSeconds), 'float8[]');
  return `(${seconds} + (${offsets})[width_bucket(time, ${starts})])`;
}
