import { getRouteApi } from '@tanstack/react-router';
import { useCallback, useMemo, useState } from 'react';
import type { Answer } from '../api/questions.js';
import { isVisitor } from '../api/shared-link.js';
import { useFieldValues } from '../frame/field-values.js';
import { useAnswer } from '../live/use-answer.js';
import { EventsLink } from '../panels/events-link.js';
import { NothingHere } from '../panels/nothing.js';
import { PathFlowChart } from '../panels/path-flow-chart.js';
import { PathTable } from '../panels/path-table.js';
import { count, shortCount } from '../ui/format.js';
import { PageHeading } from '../ui/page-heading.js';
import { Panel } from '../ui/panel.js';
import { Segmented } from '../ui/segmented.js';
import { SuggestInput } from '../ui/suggest-input.js';
import { PATH_DEPTHS, PATH_LIMITS, type PathsSearch } from './explore-search.js';
import { setParams, useView, type View } from './view.js';

const route = getRouteApi('/paths');
const DEFAULT_ANCHOR = '/';
const DEFAULT_DEPTH = 3;
const DEFAULT_LIMIT = 5;
const VIEWED = { field: 'type', op: 'is', value: 'page_view' } as const;

const DIRECTIONS = [
  { value: 'next', label: 'Next', title: 'Where they go from the page' },
  { value: 'previous', label: 'Previous', title: 'How they came to the page' },
] as const;
const SHOWN = [
  { value: 'flow', label: 'Flow' },
  { value: 'table', label: 'Table' },
] as const;

export function PathsPage() {
  const view = useView();
  const search = route.useSearch();
  const { anchor = DEFAULT_ANCHOR, direction = 'next', depth = DEFAULT_DEPTH, limit = DEFAULT_LIMIT, view: shown = 'flow' } = search;
  const navigate = route.useNavigate();
  const change = useCallback(
    (part: PathsSearch) => void navigate({ search: (previous) => ({ ...previous, ...part }), resetScroll: false }),
    [navigate],
  );
  const look = useCallback((page: string) => change({ anchor: page === DEFAULT_ANCHOR ? undefined : page }), [change]);
  const query = useAnswer('paths', { ...view.params, anchor, direction, depth, limit });
  return (
    <>
      <PageHeading title="Paths" note="The ways of sessions from page to page" />
      <Panel
        title={direction === 'next' ? `After ${anchor}` : `Before ${anchor}`}
        query={query}
        skeleton={<FlowSkeleton columns={depth + 1} />}
        actions={
          <Segmented
            label="Paths as"
            options={SHOWN}
            value={shown}
            onChange={(value) => change({ view: value === 'flow' ? undefined : value })}
          />
        }
        controls={<Controls view={view} anchor={anchor} direction={direction} depth={depth} limit={limit} change={change} look={look} />}
      >
        {(answer) => <Ways answer={answer} shown={shown} look={look} />}
      </Panel>
    </>
  );
}

interface ControlsProps {
  view: View;
  anchor: string;
  direction: 'next' | 'previous';
  depth: number;
  limit: number;
  change: (part: PathsSearch) => void;
  look: (page: string) => void;
}

function Controls({ view, anchor, direction, depth, limit, change, look }: ControlsProps) {
  const among = useMemo(() => setParams(view.search, [VIEWED]), [view.search]);
  const [typed, search] = useState<string>();
  const { counts } = useFieldValues('page_path', typed, among);
  const suggestions = [...counts].map(([value, events]) => ({ value, note: shortCount(events) }));
  return (
    <div className="mb-5 flex flex-wrap items-center gap-x-3 gap-y-2">
      <div className="w-full sm:w-72">
        <SuggestInput
          label="Page to look from"
          value={anchor}
          suggestions={suggestions}
          onSearch={search}
          placeholder="Path of a page, such as /cart"
          onCommit={(page) => look(page === '' ? DEFAULT_ANCHOR : page)}
        />
      </div>
      <Segmented
        label="Direction"
        options={DIRECTIONS}
        value={direction}
        onChange={(value) => change({ direction: value === 'next' ? undefined : value })}
      />
      <NumberChoice
        label="Steps"
        value={depth}
        options={PATH_DEPTHS}
        onChange={(value) => change({ depth: value === DEFAULT_DEPTH ? undefined : value })}
      />
      <NumberChoice
        label="Pages a step"
        value={limit}
        options={PATH_LIMITS}
        onChange={(value) => change({ limit: value === DEFAULT_LIMIT ? undefined : value })}
      />
    </div>
  );
}

interface NumberChoiceProps {
  label: string;
  value: number;
  options: readonly number[];
  onChange: (value: number) => void;
}

function NumberChoice({ label, value, options, onChange }: NumberChoiceProps) {
  return (
    <label className="flex items-center gap-2 text-[13px] text-muted">
      {label}
      <select className="control pr-1 text-ink" value={value} onChange={({ target }) => onChange(Number(target.value))}>
        {options.map((each) => (
          <option key={each} value={each}>
            {each}
          </option>
        ))}
      </select>
    </label>
  );
}

interface WaysProps {
  answer: Answer<'paths'>;
  shown: 'flow' | 'table';
  look: (page: string) => void;
}

function Ways({ answer, shown, look }: WaysProps) {
  if (answer.sessions === 0) return <NothingHere what={`views of ${answer.anchor}`} height={320} teaching />;
  const { from, to } = answer.query;
  return (
    <>
      <p className="mb-4 text-muted">
        <b data-testid="path-sessions" className="font-semibold text-ink">
          {count(answer.sessions)}
        </b>{' '}
        {answer.sessions === 1 ? 'session' : 'sessions'} viewed {answer.anchor}; of each its first view counts.{' '}
        {!isVisitor() && (
          <EventsLink
            className="text-accent underline"
            range={{ from, to }}
            filters={[VIEWED, { field: 'page_path', op: 'is', value: answer.anchor }]}
          >
            All views of it
          </EventsLink>
        )}
      </p>
      {shown === 'table' ? <PathTable answer={answer} onAnchor={look} /> : <PathFlowChart answer={answer} onAnchor={look} />}
    </>
  );
}

function FlowSkeleton({ columns }: { columns: number }) {
  return (
    <div className="flex h-80 gap-[6%]">
      {Array.from({ length: columns }, (_, column) => (
        <div key={column} className="flex grow flex-col gap-2">
          {Array.from({ length: column === 0 ? 1 : 5 }, (__, row) => (
            <div key={row} className="skeleton" style={{ flex: column === 0 ? 1 : 5 - row }} />
          ))}
        </div>
      ))}
    </div>
  );
}
