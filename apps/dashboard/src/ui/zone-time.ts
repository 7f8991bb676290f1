/** Words for moments on the clocks of a zone. Formatters are kept: making one costs more than using it a thousand times. */
const formatters = new Map<string, Intl.DateTimeFormat>();

function format(at: number, timeZone: string, options: Intl.DateTimeFormatOptions): string {
  const key = `${timeZone} ${JSON.stringify(options)}`;
  let formatter = formatters.get(key);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat('en-GB', { ...options, timeZone });
    formatters.set(key, formatter);
  }
  return formatter.format(at).replace(',', '');
}

const HOUR_MINUTE = { hour: '2-digit', minute: '2-digit' } as const;
const DAY_MONTH = { day: 'numeric', month: 'short' } as const;

/** 14:03:22. @param at ms since 1970, like everywhere here */
export const clockTime = (at: number, timeZone: string): string => format(at, timeZone, { ...HOUR_MINUTE, second: '2-digit' });
/** 14:03 */
export const clockMinute = (at: number, timeZone: string): string => format(at, timeZone, HOUR_MINUTE);
/** Mon 23 Nov */
export const calendarDay = (at: number, timeZone: string): string => format(at, timeZone, { weekday: 'short', ...DAY_MONTH });
/** 23 Nov */
export const shortDay = (at: number, timeZone: string): string => format(at, timeZone, DAY_MONTH);
/** 23 Nov 2026 */
export const calendarDate = (at: number, timeZone: string): string => format(at, timeZone, { ...DAY_MONTH, year: 'numeric' });
/** Nov 2026 */
export const calendarMonth = (at: number, timeZone: string): string => format(at, timeZone, { month: 'short', year: 'numeric' });
/** 23 Nov 14:03 */
export const dayAndMinute = (at: number, timeZone: string): string =>
  format(at, timeZone, { ...DAY_MONTH, ...HOUR_MINUTE });

/** A stretch of time, as short as it can be said: 23 Nov 10:00 – 12:30, 23 Nov – 24 Nov. */
export function stretch(from: number, to: number, timeZone: string): string {
  const midnight = (at: number): boolean => clockTime(at, timeZone) === '00:00:00';
  if (midnight(from) && midnight(to)) {
    const last = calendarDay(to - 1, timeZone);
    const first = calendarDay(from, timeZone);
    return first === last ? first : `${first} – ${last}`;
  }
  const sameDay = calendarDate(from, timeZone) === calendarDate(to, timeZone);
  return `${dayAndMinute(from, timeZone)} – ${sameDay ? clockMinute(to, timeZone) : dayAndMinute(to, timeZone)}`;
}
