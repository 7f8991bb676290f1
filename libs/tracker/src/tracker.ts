import { startDelivery } from './delivery.js';
import { guard } from './guard.js';
import { observeClicks, observeErrors, observeRequests, observeViews, type Emit } from './observers.js';
import { assumeUser, identify, newId, userId } from './visitor.js';

declare global {
  interface Window {
    /** The tracker's only global. */
    analytics?: {
      /** Records an event of your own; `name` is a-z, 0-9 and _, `properties` any JSON object. */
      track(name: string, properties?: object): void;
      /** Names the user from now on and in later visits; without an id the user is anonymous anew. */
      identify(userId?: string): void;
    };
  }
}

function start(script: HTMLScriptElement): Emit {
  const { key = '', user } = script.dataset;
  const deliver = startDelivery(`${new URL(script.src).origin}/v1/events?key=${encodeURIComponent(key)}`);
  assumeUser(user);
  const emit: Emit = (event_type, properties) =>
    deliver(JSON.stringify({ event_id: newId(), timestamp: new Date().toISOString(), event_type, user_id: userId(), properties }));
  for (const observeThem of [observeViews, observeClicks, observeErrors, observeRequests]) guard(observeThem)(emit);
  return emit;
}

// A second copy of the script finds the first one's global. An element with this id is a global too, but has no `track`.
if (!window.analytics?.track) {
  const script = document.currentScript as HTMLScriptElement | null;
  // Global Privacy Control: the calls stay there for the page, and nothing is recorded.
  const off = (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl || !/^http/.test(location.origin) || !script;
  const emit = off ? undefined : guard(start)(script);
  window.analytics = {
    track: guard((name: string, properties: object = {}) => emit?.(name, properties)),
    identify: guard((id?: string) => emit && identify(id)),
  };
}
