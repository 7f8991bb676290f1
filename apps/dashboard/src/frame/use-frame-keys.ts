import { useLocation, useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useLiveFeed } from '../live/use-live.js';
import { controlsAt } from '../routes/pages.js';
import { DEFAULT_PERIOD, useView, type ViewSearch } from '../routes/view.js';
import { useHotkeys } from '../ui/use-hotkeys.js';
import type { FilterEditing } from './filter-picker.js';
import { PRESETS } from './periods.js';
import type { PickerState } from './range-picker.js';

interface FrameActions {
  setRange: (state: PickerState) => void;
  setEditing: (editing: FilterEditing) => void;
  setHelping: (open: boolean) => void;
}

/** The keys of every page. One that changes what a page does not have leads to the Overview, which has it. */
export function useFrameKeys({ setRange, setEditing, setHelping }: FrameActions): void {
  const feed = useLiveFeed();
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const { search } = useView();
  const compared = search.compare !== undefined || search.compareFrom !== undefined;
  const keys = useMemo(() => {
    const controls = controlsAt(pathname);
    const change = (control: (typeof controls)[number], part: ViewSearch): void =>
      void navigate({ to: controls.includes(control) ? '.' : '/', search: (previous) => ({ ...previous, ...part }), resetScroll: false });
    const toRange = (period: string) => () => {
      if (period === DEFAULT_PERIOD) feed.resume();
      change('range', { period: period === DEFAULT_PERIOD ? undefined : period, from: undefined, to: undefined, granularity: undefined });
    };
    return {
      ...Object.fromEntries(PRESETS.flatMap((each) => ('key' in each ? [[each.key.toLowerCase(), toRange(each.period)]] : []))),
      c: () => (change('range', {}), setRange('custom')),
      x: () => change('compare', { compare: compared ? undefined : 'previous_period', compareFrom: undefined }),
      '/': () => (change('filters', {}), setEditing('new')),
      ' ': () => (feed.snapshot().pausedAt === null ? feed.pause() : feed.resume()),
      '?': () => setHelping(true),
    };
  }, [feed, navigate, pathname, compared, setRange, setEditing, setHelping]);
  useHotkeys(keys);
}
