import { useQuery } from '@tanstack/react-query';
import { Inbox, ListFilter } from 'lucide-react';
import { configQuery } from '../api/gateway-client.js';
import { isVisitor } from '../api/shared-link.js';
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
  // A shared link may not ask for single events, so nobody can tell there whether there ever was one.
  return isVisitor() ? <Empty {...props} /> : <NothingYet {...props} />;
}

function NothingYet({ project, teaching = false, ...empty }: NothingProps) {
  const newest = useLive({ query: 'recent', params: { project, limit: 1 } });
  const never = newest.data?.events.length === 0;
  if (never && teaching) return <FirstEvent project={project} />;
  return never ? <Empty {...empty} words="No event has arrived yet." onClear={undefined} /> : <Empty {...empty} />;
}

function Empty({ words, height, onClear }: Pick<NothingProps, 'words' | 'height' | 'onClear'>) {
  const Icon = onClear ? ListFilter : Inbox;
  return (
    <div className="flex flex-col items-center justify-center gap-3 text-muted" style={{ minHeight: height }}>
      <Icon aria-hidden className="size-5" />
      <p>{words}</p>
      {onClear && (
        <button type="button" data-track="clear-filters" className="control text-ink" onClick={onClear}>
          Clear the filters
        </button>
      )}
    </div>
  );
}

interface NothingHereProps extends Pick<NothingProps, 'height' | 'teaching'> {
  /** What there is none of, such as `page views`. */
  what: string;
}

/** An empty place of a page with a view: none in its range, or none that its filters let through. */
export function NothingHere({ what, ...place }: NothingHereProps) {
  const { project, search, filters, timeZone, change } = useView();
  const words = `No ${what} ${rangeWords(search, timeZone)}`;
  if (filters.length === 0) return <Nothing {...place} project={project} words={`${words}.`} />;
  return <Nothing {...place} project={project} words={`${words} pass the filters.`} onClear={() => change({ filters: undefined })} />;
}

/** How to send a project's first event, ready to be pasted. */
function FirstEvent({ project }: { project: string }) {
  const { data: config } = useQuery(configQuery);
  const collector = config?.collectorUrl ?? 'http://localhost:3001';
  const keys: Record<string, string | null | undefined> = { demo: config?.demoWriteKey, self: config?.selfWriteKey };
  const key = keys[project] ?? '<write key>';
  const event = JSON.stringify({ event_type: 'signed_up', user_id: 'user_001', properties: { plan: 'free' } });
  const headers = `-H 'Authorization: Bearer ${key}' \\\n  -H 'Content-Type: application/json'`;
  const curl = `curl -X POST ${collector}/v1/events \\\n  ${headers} \\\n  -d '${event}'`;
  const script = `<script src="${collector}/tracker.js" data-key="${key}" crossorigin async></script>`;
  return (
    <div className="mx-auto flex w-full max-w-2xl flex-col gap-4 py-6">
      <div>
        <h3 className="text-base font-semibold">No event has arrived yet</h3>
        <p className="text-muted">
          Send the first one; it appears here within a second.
          {!keys[project] && ' An administrator makes its write key under Settings, Keys.'}
        </p>
      </div>
      <Snippet title="From a terminal" name="curl" code={curl} />
      <Snippet title="From a web page" name="script" code={script} />
    </div>
  );
}
