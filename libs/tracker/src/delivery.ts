import { guard, on } from './guard.js';
import { newId } from './visitor.js';

const BATCH = 50;
const LINGER_MS = 1000;
const KEPT = 200;
const MAX_BACKOFF_MS = 60_000;
/** Browsers refuse requests with keepalive above 64 KiB in sum; a character is up to 3 bytes. */
const KEEPALIVE_CHARACTERS = 20_000;
const PREFIX = 'analytics_kept_';

interface Answer {
  results?: { index: number; status: string }[];
}

/**
 * Brings events to the collector, at least once: what is not confirmed is sent again under the same `event_id`, which the pipeline stores once.
 * Events wait in memory; those that failed or are left at the end of the page also wait in localStorage for the next page.
 * @returns a function that takes an event as JSON text
 */
export function startDelivery(url: string): (event: string) => void {
  const { fetch } = window;
  // A key of its own per page: two tabs must not overwrite each other's events.
  const place = PREFIX + newId();
  const queue: string[] = [];
  /** The first so many events of the queue are on their way. */
  let inFlight = 0;
  let failures = 0;
  let timer: number | undefined;

  const keep = guard(() => (queue.length ? (localStorage[place] = JSON.stringify(queue)) : delete localStorage[place]));

  const schedule = (delayMs: number): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      void send();
    }, delayMs);
  };

  const send = async (): Promise<void> => {
    if (inFlight || !queue.length) return;
    const batch = queue.slice(0, BATCH);
    const body = `[${batch.join()}]`;
    let again = batch;
    let waitMs = 0;
    inFlight = batch.length;
    try {
      // A text body has the content type text/plain, which needs no preflight.
      const response = await fetch(url, { method: 'POST', body, keepalive: body.length < KEEPALIVE_CHARACTERS, credentials: 'omit' });
      waitMs = Number(response.headers.get('retry-after')) * 1000;
      if (response.status !== 429 && response.status < 500) {
        const answer = await response.text();
        const { results = [] } = guard((): Answer => JSON.parse(answer))() ?? {};
        again = batch.filter((_, index) => results[index]?.status === 'failed');
        if (!response.ok || /"rejected",/.test(answer)) warnOnce(answer);
      }
    } catch {
      // The network failed: all of the batch is sent again.
    }
    queue.splice(0, inFlight, ...again);
    inFlight = 0;
    failures = again.length && failures + 1;
    keep();
    if (queue.length) schedule(failures && (waitMs || Math.min(MAX_BACKOFF_MS, 500 * 2 ** failures)) * (1 + Math.random() / 2));
  };

  /** The page goes away, perhaps for good. A collector known to be down gets no beacon: it would be lost. */
  const leave = (): void => {
    for (; !failures && queue.length > inFlight; queue.splice(inFlight, BATCH))
      if (!navigator.sendBeacon(url, `[${queue.slice(inFlight, inFlight + BATCH).join()}]`)) break;
    keep();
  };
  on('pagehide', leave);
  on('visibilitychange', () => document.hidden && leave());

  guard(() => {
    for (const key in localStorage)
      if (key.startsWith(PREFIX)) {
        const kept = localStorage[key];
        delete localStorage[key];
        queue.push(...JSON.parse(kept));
      }
  })();
  queue.splice(KEPT);
  keep();
  schedule(0);

  return (event) => {
    if (queue.length < KEPT) queue.push(event);
    if (queue.length < BATCH || failures) schedule(LINGER_MS);
    else void send();
  };
}

let warned = false;
function warnOnce(answer: string): void {
  if (!warned) console.warn('analytics: the collector refused events:', answer);
  warned = true;
}
