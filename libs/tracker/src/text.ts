/**
 * A text of at most `limit` characters (1000 unless told) that the collector takes: without NUL, and without halves of surrogate
 * pairs, which a cut can leave.
 */
export const clip = (text: unknown, limit = 1000): string => String(text).slice(0, limit).replace(/\0|\p{Cs}/gu, '');

/** The part of an address that names the page. Query and fragment can carry tokens, and would split the list of top pages. */
export const bare = (url: string): string => clip(url.split(/[?#]/)[0]);

/** The first mark that is in the user agent, by its name: the mark itself unless another one is given. */
const nameIn = (userAgent: string, names: Record<string, string | 0>): string => {
  for (const mark in names) if (userAgent.includes(mark)) return names[mark] || mark;
  return 'Other';
};

/** Browser by its mark in the user agent. The order matters: Edge and Opera say Chrome too, Chrome says Safari, as does everything on iOS. */
export const browserOf = (userAgent: string): string =>
  nameIn(userAgent, { Edg: 'Microsoft Edge', OPR: 'Opera', Firefox: 0, Chrome: 0, Safari: 0 });

/** Operating system by its mark in the user agent. Android says Linux too, and an iPhone says Mac OS X. */
export const systemOf = (userAgent: string): string =>
  nameIn(userAgent, { Android: 0, iP: 'iOS', Windows: 0, Mac: 'macOS', CrOS: 'Chrome OS', Linux: 0 });
