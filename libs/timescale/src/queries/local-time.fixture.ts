/*
 * The calendar of a zone by Intl alone, as slow and as plain as can be: what the specs hold the query engine's own against.
 */

const formats = new Map<string, Intl.DateTimeFormat>();

/** The clock of a zone at an instant, as if it were one of UTC, ms. */
export function wallClock(at: number, zone: string): number {
  let format = formats.get(zone);
  if (!format) {
    const two = '2-digit' as const;
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: two,
      day: two,
      hour: two,
      minute: two,
      second: two,
    });
    formats.set(zone, format);
  }
  const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const seconds = Date.UTC(part['year']!, part['month']! - 1, part['day'], part['hour'], part['minute'], part['second']);
  return seconds + (((at % 1000) + 1000) % 1000);
}

const DAY_MS = 86_400_000;

/** The local date at an instant, as midnight UTC of that date. */
export const localDate = (at: number, zone: string): number => Math.floor(wallClock(at, zone) / DAY_MS) * DAY_MS;

const midnights = new Map<string, number>();

/** The first instant of a local date, found by halving. */
export function midnightOf(date: number, zone: string): number {
  const key = `${date} ${zone}`;
  const known = midnights.get(key);
  if (known !== undefined) return known;
  let [before, after] = [date - 2 * DAY_MS, date + 2 * DAY_MS];
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (localDate(middle, zone) >= date) after = middle;
    else before = middle;
  }
  midnights.set(key, after);
  return after;
}

/** When the clock of a zone shows `wall`: the first time if it does so twice; if never, as late as the clock that was not put forward. */
export function instantOf(wall: number, zone: string): number {
  const [early, late] = [wall - DAY_MS, wall + DAY_MS].map((near) => wall - (wallClock(near, zone) - near)) as [number, number];
  return wallClock(early, zone) !== wall && wallClock(late, zone) === wall ? late : early;
}

/** Monday of the date's week; the first of its month. */
export const mondayOf = (date: number): number => date - ((new Date(date).getUTCDay() + 6) % 7) * DAY_MS;
export const firstOf = (date: number, months = 0): number => Date.UTC(new Date(date).getUTCFullYear(), new Date(date).getUTCMonth() + months, 1);
