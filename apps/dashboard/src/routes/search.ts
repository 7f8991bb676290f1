import type { DeadLetterState, TopDimension } from '@analytics/dto';
import { isRangeName, type RangeName } from '../api/range.js';

export const METRICS = ['events', 'rate', 'errors', 'errorShare'] as const;
/** The key numbers that have a course over time, and can drive the big chart. */
export type Metric = (typeof METRICS)[number];

export const TOP_GROUPS = {
  content: ['pages', 'referrers', 'buttons'],
  service: ['endpoints', 'errors'],
  client: ['browsers', 'systems'],
  audience: ['devices', 'countries'],
} as const satisfies Record<string, readonly TopDimension[]>;
export type TopGroup = keyof typeof TOP_GROUPS;

export interface OverviewSearch extends Partial<Record<TopGroup, TopDimension>> {
  range?: RangeName;
  metric?: Metric;
  /** Event types taken out of the chart, separated by commas. */
  hide?: string;
  view?: 'table';
}

export interface LiveSearch {
  /** Only events of this type in the feed. */
  type?: string;
}

/** `dead` are those that wait for a decision; they are shown unless another is chosen. */
export const LETTER_STATES = ['dead', 'replayed', 'discarded', 'all'] as const satisfies readonly (DeadLetterState | 'all')[];
export type LetterState = (typeof LETTER_STATES)[number];

export interface PipelineSearch {
  letters?: LetterState;
  /** Only dead letters whose reason contains this. */
  reason?: string;
  /** Dead letters of the chosen project only; else of all, those without a readable project included. */
  of?: 'project';
}

export const SETTINGS_TABS = ['projects', 'keys', 'people', 'sharing', 'account'] as const;
export type SettingsTab = (typeof SETTINGS_TABS)[number];

export interface SettingsSearch {
  tab?: SettingsTab;
}

export interface SignInSearch {
  /** Where the reader wanted to go: a path of this site, never another one. */
  back?: string;
}

type Raw = Record<string, unknown>;
const text = (value: unknown, pattern: RegExp): string | undefined =>
  typeof value === 'string' && pattern.test(value) ? value : undefined;
const oneOf = <T extends string>(value: unknown, allowed: readonly T[]): T | undefined => allowed.find((each) => each === value);

export const overviewSearch = (raw: Raw): OverviewSearch => ({
  range: isRangeName(raw.range) ? raw.range : undefined,
  metric: oneOf(raw.metric, METRICS),
  hide: text(raw.hide, /^[a-z0-9_,]{1,1024}$/),
  view: oneOf(raw.view, ['table'] as const),
  ...(Object.fromEntries(Object.entries(TOP_GROUPS).map(([group, all]) => [group, oneOf<TopDimension>(raw[group], all)])) as Partial<
    Record<TopGroup, TopDimension>
  >),
});

export const liveSearch = ({ type }: Raw): LiveSearch => ({ type: text(type, /^[a-z][a-z0-9_]{0,63}$/) });

export const pipelineSearch = ({ letters, reason, of }: Raw): PipelineSearch => ({
  letters: oneOf(letters, LETTER_STATES),
  reason: text(reason, /^\P{Cc}{1,200}$/u),
  of: oneOf(of, ['project'] as const),
});

export const settingsSearch = ({ tab }: Raw): SettingsSearch => ({ tab: oneOf(tab, SETTINGS_TABS) });

// Browsers take // and /\ for the beginning of another site's address.
export const signInSearch = ({ back }: Raw): SignInSearch => ({ back: text(back, /^\/(?![/\\])\P{Cc}{0,2000}$/u) });
