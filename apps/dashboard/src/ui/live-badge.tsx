import { Pause, Play } from 'lucide-react';
import { useFreshness } from '../live/use-freshness.js';
import { useLiveFeed, usePaused } from '../live/use-live.js';
import type { Freshness } from '../live/freshness.js';
import { age, timeOfDay } from './format.js';

const COLOURS: Record<Freshness['state'], string> = { live: 'bg-good', reconnecting: 'bg-warn', stale: 'bg-bad', paused: 'bg-muted' };

function words({ state, since }: Freshness): string {
  const at = since === null ? '' : timeOfDay(since);
  if (state === 'live') return 'Live';
  if (state === 'paused') return `Paused ${at}`;
  if (state === 'stale') return `Stale since ${at}`;
  return since === null ? 'Connecting' : 'Reconnecting';
}

/** How fresh the screen is, and the age of the newest stored event: always in view. */
export function LiveBadge({ project }: { project: string }) {
  const { newestAge, ...freshness } = useFreshness(project);
  const newest = newestAge === 'none' ? 'no event yet' : `newest ${newestAge === 'unknown' ? '…' : age(newestAge)}`;
  const ago = typeof newestAge === 'number' ? `${age(newestAge)} ago` : newestAge;
  return (
    <div
      data-testid="live-state"
      data-state={freshness.state}
      title={`${words(freshness)}. Newest stored event of this project: ${ago}.`}
      className="flex h-[34px] items-center gap-2 rounded-lg border border-line bg-card px-2.5 text-[13px] whitespace-nowrap"
    >
      <span aria-hidden className={`size-2 rounded-full ${COLOURS[freshness.state]}`} />
      <span role="status" className="font-medium">
        {words(freshness)}
      </span>
      <span className="min-w-17 text-right text-muted">{newest}</span>
    </div>
  );
}

/** Holds the screen still, and lets it go on with the newest numbers. */
export function PauseButton() {
  const feed = useLiveFeed();
  const paused = usePaused();
  const Icon = paused ? Play : Pause;
  return (
    <button
      type="button"
      className="control"
      aria-pressed={paused}
      aria-label={paused ? 'Resume live updates' : 'Pause live updates'}
      title={paused ? 'Resume (Space)' : 'Pause (Space)'}
      data-track="live-pause"
      onClick={() => (paused ? feed.resume() : feed.pause())}
    >
      <Icon aria-hidden className="size-4" />
    </button>
  );
}
