const formats = new Map<string, Intl.DateTimeFormat>();

function format(zone: string, name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${zone} ${name}`;
  const found = formats.get(key) ?? new Intl.DateTimeFormat('en-GB', { ...options, timeZone: zone });
  formats.set(key, found);
  return found;
}

const DATE = { day: 'numeric', month: 'short' } as const;
const CLOCK = { hour: '2-digit', minute: '2-digit', second: '2-digit' } as const;

/** By the clocks of a zone: 14:03:22.195 */
export const zonedClock = (at: string, zone: string): string =>
  format(zone, 'clock', { ...CLOCK, fractionalSecondDigits: 3 }).format(new Date(at));

/** By the calendar of a zone: 23 Nov */
export const zonedDate = (at: string, zone: string): string => format(zone, 'date', DATE).format(new Date(at));

/** By the calendar of a zone: Mon 23 Nov */
export const zonedWeekday = (at: string, zone: string): string =>
  format(zone, 'weekday', { ...DATE, weekday: 'short' })
    .format(new Date(at))
    .replace(',', '');

/** 23 Nov 2026, 14:03:22 */
export const zonedMoment = (at: string, zone: string): string =>
  format(zone, 'moment', { ...DATE, ...CLOCK, year: 'numeric' }).format(new Date(at));
