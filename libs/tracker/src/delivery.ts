import { guard, on } from './guard.js';
import { newId } from './visitor.js';

const BATCH = 50;
const LINGER_MS = 1000;
const KEPT = 500;
const MAX_BACKOFF_MS = 60_000;
/** Browsers refuse requests with keepalive above 64 KiB in sum; a character is up to 3 bytes. */
const KEEPALIVE_CHARACTERS = 20_000;
const PREFIX = 'analytics_kept_';

interface Answer {
  rejected?: number;
  /** One per event, in their order; `failed` ones are to be sent again. */
  results?: { status: string }[];
}

/**
 * Brings events to the collector, at least once: what is not confirmed is sent again under the same `event_id`, which the pipeline
 * stores once. Events wait in memory; those that failed or are left at the end of the page also wait in localStorage for the next page.
 * @returns a function that takes an event as JSON text
 */
export function startDelivery(url: URL): (event: string) => void {
  const { fetch } = window;
  // A key of its own per page: two tabs must not overwrite each other's events.
  const place = PREFIX + newId();
  const queue: string[] = [];
  /** The first so many events of the queue are on their way. */
  let inFlight = 0;
  let failures = 0;
  let warned = 0;
  let timer: number | undefined;

  // JSON text has no line break of its own.
  const keep = guard(() => (queue.length ? (localStorage[place] = queue.join('\n')) : delete localStorage[place]));

  const schedule = (delayMs: number): void => {
    timer ||= setTimeout(() => {
      timer = 0;
      void send();
    }, delayMs);
  };

  const send = async (): Promise<void> => {
    if (inFlight || !queue.length) return;
    const batch = queue.slice(0, BATCH);
    const body = `[${batch}]`;
    let again: string[] = batch;
    let waitMs: number | undefined;
    inFlight = batch.length;
    try {
      // A text body has the content type text/plain, which needs no preflight.
      const response = await fetch(url, { method: 'POST', body, keepalive: body.length < KEEPALIVE_CHARACTERS });
      waitMs = +response.headers.get('retry-after')! * 1e3;
      if (response.status !== 429 && response.status < 500) {
        again = [];
        const answer: Answer = await response.json();
        again = batch.filter((_, index) => answer.results?.[index].status === 'failed');
        if ((!response.ok || answer.rejected) && !warned++) console.warn('analytics: refused', answer);
      }
    } catch {
      // Without an answer all of the batch is sent again; with one that is no JSON, nothing.
    }
    queue.splice(0, inFlight, ...again);
    inFlight = 0;
    failures = again.length && failures + 1;
    keep();
    if (queue.length) schedule(failures && (waitMs || Math.min(MAX_BACKOFF_MS, 500 * 2 ** failures)) * (1 + Math.random()));
  };

  // The page goes away, perhaps for good. A collector known to be down gets no beacon: it would be lost.
  const leave = (): void => {
    if (!failures && queue.length > inFlight && navigator.sendBeacon(url, `[${queue.slice(inFlight)}]`)) queue.length = inFlight;
    keep();
  };
  on('pagehide', leave);
  on('visibilitychange', leave);

  guard(() => {
    for (const key in localStorage)
      if (key.startsWith(PREFIX)) {
        queue.push(...localStorage[key].split('\n'));
        delete localStorage[key];
      }
  })();
  keep();

  return (event) => {
    if (queue.length < KEPT) queue.push(event);
    schedule(LINGER_MS);
  };
}
