import type { BucketWidthName, Filter } from '@analytics/dto/language';
import { useQuery } from '@tanstack/react-query';
import { useLocation } from '@tanstack/react-router';
import { ChartColumn, ChevronDown, Download } from 'lucide-react';
import { useState } from 'react';
import { projectsQuery } from '../api/gateway-client.js';
import { isVisitor } from '../api/shared-link.js';
import { controlsAt } from '../routes/pages.js';
import { useView } from '../routes/view.js';
import { ChoiceMenu } from '../ui/choice-menu.js';
import { MenuControl } from '../ui/drop-down.js';
import { LiveBadge, PauseButton } from '../ui/live-badge.js';
import { loadedAhead } from '../ui/loaded-ahead.js';
import { ShareMenu } from '../ui/share-menu.js';
import { ComparePicker } from './compare-picker.js';
import { FilterChips } from './filter-chips.js';
import { FilterPicker, type FilterEditing } from './filter-picker.js';
import { fittingWidths } from './range-length.js';
import { RangePicker, type PickerState } from './range-picker.js';

const ExportItems = loadedAhead(() => import('./export-items.js'));

interface ViewBarProps {
  range: PickerState;
  onRange: (state: PickerState) => void;
  editing: FilterEditing;
  onEditing: (editing: FilterEditing) => void;
}

/**
 * What shapes the page, always in sight: which project and time, which events, compared with what, and how fresh all of it is. The project
 * of a shared link is its own, and nothing can be handed on from there.
 */
export function ViewBar({ range, onRange, editing, onEditing }: ViewBarProps) {
  const { project, filters, change } = useView();
  const { pathname } = useLocation();
  const controls = controlsAt(pathname);
  const has = (control: (typeof controls)[number]): boolean => controls.includes(control);
  const chosen = { filters, onChange: (next: Filter[]) => change({ filters: next.length > 0 ? next : undefined }) };
  const visitor = isVisitor();
  return (
    <section aria-label="View" className="sticky top-0 z-20 border-b border-line bg-canvas">
      <div className="mx-auto max-w-[1300px] px-3 sm:px-5">
        <div className="flex flex-wrap items-center gap-2 py-2">
          {!visitor && <ProjectPicker />}
          {has('range') && <RangePicker state={range} onState={onRange} />}
          {has('granularity') && <GranularityPicker />}
          {has('compare') && <ComparePicker />}
          {has('filters') && <FilterPicker small label="Add a filter" title="Filter (/)" {...chosen} editing={editing} onEditing={onEditing} />}
          <div className="ml-auto flex items-center gap-2">
            <LiveBadge project={project} />
            <PauseButton />
            {!visitor && <ShareMenu />}
            {!visitor && has('export') && (
              <MenuControl
                label="Export"
                title="Export the events of this view"
                track="export"
                shown={<Download aria-hidden className="size-4" />}
              >
                <ExportItems />
              </MenuControl>
            )}
          </div>
        </div>
        {has('filters') && filters.length > 0 && (
          <div className="pb-2">
            <FilterChips label="Filters" {...chosen} onEdit={onEditing} />
          </div>
        )}
      </div>
    </section>
  );
}

function ProjectPicker() {
  const { project, change } = useView();
  const { data = [] } = useQuery(projectsQuery);
  const names = data.some(({ id }) => id === project) ? data : [...data, { id: project, name: project }];
  const shown = names.find(({ id }) => id === project)?.name ?? project;
  return (
    <ChoiceMenu
      label="Project"
      track="project"
      className="max-w-40 min-w-0"
      value={project}
      options={names.map(({ id, name }) => ({ value: id, label: name, note: name === id ? undefined : id }))}
      // Filters are about the events of one project; the next one has others.
      onChange={(chosen) => change({ project: chosen, filters: undefined })}
      shown={
        <>
          <span className="truncate font-medium">{shown}</span>
          <ChevronDown aria-hidden className="size-3.5 shrink-0 text-muted" />
        </>
      }
    />
  );
}

const WIDTH_LABELS: Record<BucketWidthName, string> = {
  auto: 'Auto',
  '1s': '1 second',
  '10s': '10 seconds',
  '1m': '1 minute',
  '5m': '5 minutes',
  '15m': '15 minutes',
  '30m': '30 minutes',
  '1h': '1 hour',
  '6h': '6 hours',
  '1d': '1 day',
  '1w': '1 week',
  '1mo': '1 month',
};

function GranularityPicker() {
  const { search, change } = useView();
  const { granularity = 'auto' } = search;
  const [now] = useState(Date.now);
  return (
    <ChoiceMenu
      label="Granularity"
      track="granularity"
      value={granularity}
      options={fittingWidths(search, now).map((value) => ({ value, label: WIDTH_LABELS[value] }))}
      onChange={(chosen) => change({ granularity: chosen === 'auto' ? undefined : chosen })}
      shown={
        <>
          <ChartColumn aria-hidden className="size-4 text-muted" />
          <span className="max-md:sr-only">{WIDTH_LABELS[granularity]}</span>
        </>
      }
    />
  );
}
