import { getRouteApi } from '@tanstack/react-router';
import { Maximize, Minimize } from 'lucide-react';
import { useCallback, useRef, useSyncExternalStore, type RefObject } from 'react';
import { EventFeed } from '../panels/event-feed.js';
import { LiveNow } from '../panels/live-now.js';
import { TopNow } from '../panels/top-now.js';
import { LiveBadge } from '../ui/live-badge.js';
import { PageHeading } from '../ui/page-heading.js';
import { useProject } from './frame.js';

const route = getRouteApi('/live');

export function LivePage() {
  const project = useProject();
  const { type } = route.useSearch();
  const navigate = route.useNavigate();
  const wall = useRef<HTMLDivElement>(null);
  const full = useFullScreen();
  const chooseType = useCallback(
    (chosen: string | undefined) => void navigate({ search: (previous) => ({ ...previous, type: chosen }), resetScroll: false }),
    [navigate],
  );
  return (
    <div ref={wall} className={full ? 'overflow-auto bg-canvas p-6' : ''}>
      <PageHeading title="Live" note={full ? `project ${project}` : 'What was stored just now'}>
        {full && <LiveBadge project={project} />}
        {document.fullscreenEnabled && <FullScreenButton wall={wall} full={full} />}
      </PageHeading>
      {/* Nothing of another project is left on screen while this one is asked for. */}
      <div key={project} className="grid grid-cols-1 gap-4">
        <LiveNow place={full ? 'wall' : 'page'} />
        <div className={`grid grid-cols-1 gap-4 ${full ? '' : 'lg:grid-cols-3'}`}>
          <div className={`min-w-0 ${full ? '' : 'lg:col-span-2'}`}>
            <EventFeed type={type} onType={chooseType} />
          </div>
          <div className={`grid min-w-0 grid-cols-1 content-start gap-4 ${full ? '-order-1 lg:grid-cols-3' : 'max-lg:-order-1'}`}>
            <TopNow name="pages" />
            <TopNow name="endpoints" />
            <TopNow name="errors" />
          </div>
        </div>
      </div>
    </div>
  );
}

function onFullScreen(listener: () => void): () => void {
  document.addEventListener('fullscreenchange', listener);
  return () => document.removeEventListener('fullscreenchange', listener);
}
const useFullScreen = (): boolean => useSyncExternalStore(onFullScreen, () => document.fullscreenElement !== null);

/** For a screen on the wall: the numbers grow. A browser that refuses leaves the page as it is. */
function FullScreenButton({ wall, full }: { wall: RefObject<HTMLDivElement | null>; full: boolean }) {
  const Icon = full ? Minimize : Maximize;
  const words = full ? 'Leave full screen' : 'Full screen';
  const toggle = () => (full ? document.exitFullscreen() : wall.current?.requestFullscreen());
  return (
    <button type="button" className="control max-sm:hidden" data-track="full-screen" onClick={() => void toggle()?.catch(() => undefined)}>
      <Icon aria-hidden className="size-4" /> {words}
    </button>
  );
}
