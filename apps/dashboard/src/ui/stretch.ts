const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

/** A stretch of time in its two largest units: 0.4 s, 42 s, 3 min 20 s, 2 h 5 min, 4 d 3 h. */
export function stretch(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < MINUTE) return `${whole} s`;
  if (whole < HOUR) return two(whole, MINUTE, 'min', 1, 's');
  if (whole < DAY) return two(whole, HOUR, 'h', MINUTE, 'min');
  return two(whole, DAY, 'd', HOUR, 'h');
}

function two(seconds: number, large: number, largeName: string, small: number, smallName: string): string {
  const rest = Math.floor((seconds % large) / small);
  return `${Math.floor(seconds / large)} ${largeName}${rest === 0 ? '' : ` ${rest} ${smallName}`}`;
}

const WINDOW = /^(\d+)([smhd])$/;
const UNITS: Readonly<Record<string, string>> = { s: 'second', m: 'minute', h: 'hour', d: 'day' };

/** A window such as `30m` in words: 30 minutes. */
export function windowWords(window: string): string {
  const [, number = '', unit = ''] = WINDOW.exec(window) ?? [];
  return `${number} ${UNITS[unit] ?? unit}${number === '1' ? '' : 's'}`;
}
