import { guard, observe, on } from './guard.js';
import { bare, clientOf, clip } from './text.js';
import { sessionId } from './visitor.js';

/** Records an event of that type. */
export type Emit = (type: string, properties?: object) => void;

const pageUrl = (): string | undefined => bare(location.href);

/** A view of the page, and one whenever a router of the page's own moves to another path. */
export function observeViews(emit: Emit): void {
  let last: string | undefined;
  const view = (): void => {
    const page_url = pageUrl();
    if (page_url === last) return;
    emit('page_view', {
      page_url,
      referrer: last ?? bare(document.referrer),
      session_id: sessionId(),
      viewport_width: innerWidth || 1,
      viewport_height: innerHeight || 1,
    });
    last = page_url;
  };
  view();
  for (const name of ['pushState', 'replaceState'] as const) observe(History.prototype, name, () => view);
  on('popstate', view);
}

/** Clicks on buttons and links. Texts that people type are never read. */
export function observeClicks(emit: Emit): void {
  on('click', ({ target, clientX, clientY }) => {
    const pressed = (target as Element).closest<HTMLInputElement>('a,button,[role=button],[type=submit]');
    if (!pressed) return;
    const button_text = clip((pressed.textContent || pressed.value || '').trim().replace(/\s+/g, ' '), 100);
    emit('button_click', {
      button_id: clip(
        pressed.dataset.track || pressed.id || pressed.name || button_text.toLowerCase().replace(/ /g, '-') || pressed.tagName,
      ),
      button_text,
      page_url: pageUrl(),
      session_id: sessionId(),
      click_x: clientX | 0,
      click_y: clientY | 0,
    });
  });
}

const MAX_ERRORS = 10;

/** Uncaught errors and rejections, the first ten of a page: a broken loop must not flood the collector. */
export function observeErrors(emit: Emit): void {
  let count = 0;
  const report = (error: Partial<Error> | undefined, message: unknown): void => {
    if (count++ < MAX_ERRORS)
      emit('error', {
        error_type: error?.name || 'Error',
        message: clip(error?.message || message) || 'Error',
        stack_trace: clip(error?.stack || '', 4000) || undefined,
        page_url: pageUrl(),
        ...clientOf(navigator.userAgent),
      });
  };
  // A file that fails to load is an event of this name too, but has no message.
  on('error', ({ error, message }) => message && report(error, message));
  on('unhandledrejection', ({ reason }) => report(reason, reason));
}

/** Times of fetch and XMLHttpRequest. Without an answer there is no status, so there is no event. */
export function observeRequests(emit: Emit): void {
  const timed = (method: string, url: string | URL, startedAt = performance.now()) =>
    guard((status_code: number) => {
      const { protocol, pathname } = new URL(url, document.baseURI);
      method = method.toUpperCase();
      if (status_code && /^https?:(GET|POST|PUT|DELETE|PATCH)$/.test(protocol + method))
        emit('api_call', {
          endpoint: clip(pathname),
          method,
          status_code,
          duration_ms: (performance.now() - startedAt) | 0 || 1,
          user_agent: navigator.userAgent,
        });
    });

  observe(window, 'fetch', ([input, init]: Parameters<typeof fetch>) => {
    const request = input as Partial<Request>;
    const done = timed(init?.method || request.method || 'GET', request.url || (input as string));
    // The caller gets this promise, not the first one: a rejection that the page does not handle is still reported as unhandled.
    return (answer: Promise<Response>) =>
      answer.then((response) => {
        done(response.status);
        return response;
      });
  });

  // Counted from `open`, which nearly every caller follows with `send` at once.
  observe(XMLHttpRequest.prototype, 'open', ([method, url]: [string, string | URL], request) => {
    const done = timed(method, url);
    request.addEventListener('loadend', () => done(request.status), { once: true });
  });
}
