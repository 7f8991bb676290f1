import { startDelivery } from './delivery.js';
import { guard } from './guard.js';
import { observeClicks, observeErrors, observeRequests, observeViews, type Emit } from './observers.js';
import { identify, newId, userId } from './visitor.js';

interface Analytics {
  /** Records an event of your own; `name` is a-z, 0-9 and _, `properties` any JSON object. */
  track(name: string, properties?: object): void;
  /** Names the user from now on and in later visits; without an id the user is anonymous anew. */
  identify(userId?: string): void;
}

declare global {
  interface Window {
    /** The tracker's only global. */
    analytics?: Analytics;
  }
}

const start = guard((script: HTMLScriptElement): Analytics => {
  const deliver = startDelivery(new URL(`/v1/events?key=${script.dataset.key}`, script.src));
  const track: Emit = guard((event_type, properties = {}) =>
    deliver(JSON.stringify({ event_id: newId(), timestamp: new Date(), event_type, user_id: userId(), properties })),
  );
  for (const observeThem of [observeViews, observeClicks, observeErrors, observeRequests]) guard(observeThem)(track);
  return { track, identify: guard(identify) };
});

// A second copy of the script finds the first one's global. An element with this id is a global too, but has no `track`.
if (!window.analytics?.track)
  window.analytics =
    // Global Privacy Control: the calls stay there for the page, and nothing is recorded.
    (!(navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl && start(document.currentScript as HTMLScriptElement)) || {
      track() {},
      identify() {},
    };
