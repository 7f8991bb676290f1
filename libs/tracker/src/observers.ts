import { guard, observe, on } from './guard.js';
import { bare, browserOf, clip, systemOf } from './text.js';
import { sessionId } from './visitor.js';

/** Records an event of that type. */
export type Emit = (type: string, properties: object) => void;

const pageUrl = (): string => bare(location.href);

/** A view of the page, and one whenever a router of the page's own moves to another path. */
export function observeViews(emit: Emit): void {
  let last = document.referrer;
  const view = guard(() => {
    const page_url = pageUrl();
    if (page_url === last) return;
    const referrer = /^http/.test(last) ? bare(last) : undefined;
    last = page_url;
    emit('page_view', { page_url, referrer, session_id: sessionId(), viewport_width: innerWidth || 1, viewport_height: innerHeight || 1 });
  });
  view();
  for (const name of ['pushState', 'replaceState'] as const) observe(History.prototype, name, () => view);
  on('popstate', view);
}

/** Clicks on buttons and links. Texts that people type are never read. */
export function observeClicks(emit: Emit): void {
  on('click', ({ target, clientX, clientY }) => {
    const pressed = (target as Element).closest<HTMLInputElement>('a,button,[role=button],[type=submit],[type=button]');
    if (!pressed) return;
    const button_text = clip((pressed.textContent || pressed.value || '').trim().replace(/\s+/g, ' '), 100);
    const slug = button_text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '-');
    emit('button_click', {
      button_id: clip(pressed.dataset.track || pressed.id || pressed.name || slug || pressed.tagName),
      button_text,
      page_url: pageUrl(),
      session_id: sessionId(),
      click_x: Math.round(clientX),
      click_y: Math.round(clientY),
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
        error_type: clip(error?.name || 'Error'),
        message: clip(message) || 'Error',
        stack_trace: error?.stack ? clip(error.stack, 4000) : undefined,
        page_url: pageUrl(),
        browser: browserOf(navigator.userAgent),
        os: systemOf(navigator.userAgent),
      });
  };
  // A file that fails to load is an event of this name too, but has no message.
  on('error', ({ error, message }) => message && report(error, message));
  on('unhandledrejection', ({ reason }) => report(reason, reason?.message ?? reason));
}

/** Times of fetch and XMLHttpRequest. Without an answer there is no status, so there is no event. */
export function observeRequests(emit: Emit): void {
  const timed = (method: string, url: unknown, startedAt = performance.now()) =>
    guard((status_code: number) => {
      const { protocol, pathname } = new URL(String(url), document.baseURI);
      method = method.toUpperCase();
      if (status_code && /^https?:(GET|POST|PUT|DELETE|PATCH)$/.test(protocol + method))
        emit('api_call', {
          endpoint: clip(pathname),
          method,
          status_code,
          duration_ms: Math.round(performance.now() - startedAt) || 1,
          user_agent: clip(navigator.userAgent),
        });
    });

  observe<Parameters<typeof fetch>, Promise<Response>, 'fetch'>(window, 'fetch', ([input, init]) => {
    const { method = 'GET', url = input } = input as Partial<Request>;
    const done = timed(init?.method || method, url);
    // The caller gets this promise, not the first one: a rejection that the page does not handle is still reported as unhandled.
    return (answer) =>
      answer.then((response) => {
        done(response.status);
        return response;
      });
  });

  const opened = new WeakMap<object, [method: string, url: unknown]>();
  const { prototype } = XMLHttpRequest;
  observe<Parameters<typeof prototype.open>, void, 'open'>(prototype, 'open', ([method, url], self) => void opened.set(self as object, [method, url]));
  observe<Parameters<typeof prototype.send>, void, 'send'>(prototype, 'send', (_, self) => {
    const request = self as XMLHttpRequest;
    const [method, url] = opened.get(request) as [string, unknown];
    const done = timed(method, url);
    request.addEventListener('loadend', () => done(request.status), { once: true });
  });
}
