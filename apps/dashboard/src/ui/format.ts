const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const clockShort = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short' });

/** 12,345 */
export const count = (value: number): string => whole.format(value);

/** 1,234,567 up to seven digits, then 12.3M: for places of fixed width. */
export const shortCount = (value: number): string => (value < 10_000_000 ? whole.format(value) : compact.format(value));

/** 2,500 up to four digits, then 12.5K: for axes and other narrow places. */
export const axisCount = (value: number): string => (value < 10_000 ? whole.format(value) : compact.format(value));

/** Three significant digits at most below 100: 0.04, 2.75, 27.9, 1,204. */
export function rate(perSecond: number): string {
  if (perSecond === 0) return '0';
  if (perSecond >= 100) return shortCount(perSecond);
  return perSecond.toFixed(perSecond >= 10 ? 1 : 2);
}

/** A share between 0 and 1: 0 %, <0.1 %, 4.8 %, 70 %. */
export function percent(share: number): string {
  if (share === 0) return '0 %';
  if (share < 0.001) return '<0.1 %';
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
}

/** A relative change, 0.12 → +12 %; unchanged after rounding: ±0 %. */
export function change(relative: number): string {
  const value = relative * 100;
  const digits = Math.abs(value) < 10 ? 1 : 0;
  if (Number(Math.abs(value).toFixed(digits)) === 0) return '±0 %';
  if (value >= 1000) return '>+999 %';
  return `${value > 0 ? '+' : '−'}${Math.abs(value).toFixed(digits)} %`;
}

/** A duration in ms: 3.2 ms, 840 ms, 1.24 s, 3 min. */
export function duration(ms: number): string {
  if (ms === 0) return '0 ms';
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
  return age(ms);
}

/** An age in whole steps: <1 s, 12 s, 3 min, 2 h, 4 d. */
export function age(ms: number): string {
  if (ms < 1000) return '<1 s';
  if (ms < 60_000) return `${Math.floor(ms / 1000)} s`;
  if (ms < 3_600_000) return `${Math.floor(ms / 60_000)} min`;
  if (ms < 86_400_000) return `${Math.floor(ms / 3_600_000)} h`;
  return `${Math.floor(ms / 86_400_000)} d`;
}

/** Local time, 14:03:22 */
export const timeOfDay = (at: number | string): string => clock.format(new Date(at));
/** Local time, 14:03 */
export const minuteOfDay = (at: number): string => clockShort.format(at);
const yearOf = (at: number): number => new Date(at).getFullYear();

/** Local time, on another day with its date, in another year with that too: 14:03:22, Mon 23 Nov 14:03, Fri 31 Dec 2027 23:59 */
export function momentOf(at: number, now: number = Date.now()): string {
  if (yearOf(at) !== yearOf(now)) return `${dayOf(at)} ${yearOf(at)} ${minuteOfDay(at)}`;
  return dayOf(at) === dayOf(now) ? timeOfDay(at) : `${dayOf(at)} ${minuteOfDay(at)}`;
}
/** Local date, Mon 23 Nov */
export const dayOf = (at: number): string => day.format(at).replace(',', '');
