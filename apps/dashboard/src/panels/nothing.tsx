import { useQuery } from '@tanstack/react-query';
import { Inbox, ListFilter } from 'lucide-react';
import { configQuery } from '../api/gateway-client.js';
import { sharedToken } from '../api/shared-link.js';
import { rangeWords } from '../frame/periods.js';
import { useLive } from '../live/use-live.js';
import { useView } from '../routes/view.js';
import { Snippet } from '../ui/snippet.js';

interface NothingProps {
  project: string;
  /** Said when the project has events, only not here. */
  words: string;
  /** Height of what would stand here, CSS px. */
  height: number;
  /** Once on a page: a project without any event is shown how to send the first. */
  teaching?: boolean;
  /** Set when filters are in the way: takes them out. */
  onClear?: () => void;
}

/** An empty place: none here, none that fits the filters (which can be cleared), or none ever, which shows how to send the first event. */
export function Nothing(props: NothingProps) {
  // A shared link shows no single event, so whether there was ever one cannot be asked; and a refused question would not be live.
  return sharedToken() === null ? <NothingYet {...props} /> : <EmptyPlace {...props} />;
}

function NothingYet(props: NothingProps) {
  const { project, teaching = false } = props;
  const newest = useLive({ query: 'recent', params: { project, limit: 1 } });
  const never = newest.data?.events.length === 0;
  return never && teaching ? <FirstEvent project={project} /> : <EmptyPlace {...props} never={never} />;
}

function EmptyPlace({ words, height, onClear, never = false }: NothingProps & { never?: boolean }) {
  return (
    <div className="flex flex-col items-center justify-center gap-2 text-muted" style={{ minHeight: height }}>
      <Inbox aria-hidden className="size-5" />
      <p>{never ? 'No event has arrived yet.' : words}</p>
      {!never && onClear && (
        <button type="button" data-track="clear-filters" className="control text-ink" onClick={onClear}>
          Clear the filters
        </button>
      )}
    </div>
  );
}

interface NothingHereProps {
  /** What there is none of, such as `page views`. */
  what: string;
  height: number;
  teaching?: boolean;
}

/** An empty place of a page with a view: none ever, none in this range, or none that the filters let through; the filters can be cleared. */
export function NothingHere({ what, height, teaching = false }: NothingHereProps) {
  const { project, search, filters, timeZone, change } = useView();
  const range = rangeWords(search, timeZone);
  if (filters.length === 0) return <Nothing project={project} words={`No ${what} ${range}.`} height={height} teaching={teaching} />;
  return (
    <div className="flex flex-col items-center justify-center gap-3 text-muted" style={{ minHeight: height }}>
      <ListFilter aria-hidden className="size-5" />
      <p>
        No {what} {range} pass the filters.
      </p>
      <button type="button" className="control" data-track="nothing-clear-filters" onClick={() => change({ filters: undefined })}>
        Clear the filters
      </button>
    </div>
  );
}

/** How to send a project's first event, ready to be pasted. */
export function FirstEvent({ project }: { project: string }) {
  const { data: config } = useQuery(configQuery);
  const collector = config?.collectorUrl ?? 'http://localhost:3001';
  const keys: Record<string, string | null | undefined> = { demo: config?.demoWriteKey, self: config?.selfWriteKey };
  const key = keys[project] ?? '<write key>';
  const event = JSON.stringify({ event_type: 'signed_up', user_id: 'user_001', properties: { plan: 'free' } });
  return (
    <div className="mx-auto flex w-full max-w-2xl flex-col gap-4 py-6">
      <div>
        <h3 className="text-base font-semibold">No event has arrived yet</h3>
        <p className="text-muted">
          Send the first one; it appears here within a second.
          {!keys[project] && ' An administrator makes its write key under Settings, Keys.'}
        </p>
      </div>
      <Snippet
        title="From a terminal"
        name="curl"
        code={`curl -X POST ${collector}/v1/events \\\n  -H 'Authorization: Bearer ${key}' \\\n  -H 'Content-Type: application/json' \\\n  -d '${event}'`}
      />
      <Snippet title="From a web page" name="script" code={`<script src="${collector}/tracker.js" data-key="${key}" crossorigin async></script>`} />
    </div>
  );
}
