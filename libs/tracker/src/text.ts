/**
 * A text of at most `limit` characters (1000 unless told) that the collector takes: without NUL, and without halves of surrogate
 * pairs, which a cut can leave.
 */
export const clip = (text: unknown, limit = 1000): string => `${text}`.slice(0, limit).replace(/\0|\p{Cs}/gu, '');

/** The part of an http address that names the page. Query and fragment can carry tokens, and would split the list of top pages. */
export const bare = (url: string): string | undefined => /^http[^?#]{1,999}/.exec(url)?.[0];

/**
 * Browser and operating system by their marks in the user agent. Edge and Opera say Chrome too, Chrome says Safari, as does everything
 * on iOS; Android says Linux too, so Linux is what is left.
 */
export const clientOf = (userAgent: string): { browser: string; os: string } => ({
  browser: /Firefox|Edg|OPR|(Chrome|Safari)(?!.*(Edg|OPR))/.exec(userAgent)?.[0] ?? 'Other',
  os: /Android|iP\w+|Windows|Mac OS|CrOS/.exec(userAgent)?.[0] ?? 'Linux',
});
