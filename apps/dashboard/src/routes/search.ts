import type { DeadLetterState } from '@analytics/dto';
import { METRIC_NAMES, type OverviewMetric } from '../panels/overview-metrics.js';
import { RANKING_GROUPS, RANKING_NAMES, type RankingGroup, type RankingName } from '../panels/rankings.js';

export interface OverviewSearch extends Partial<Record<RankingGroup, RankingName>> {
  /** The key number whose course is shown. */
  metric?: OverviewMetric;
  /** The chart as a table. */
  view?: 'table';
  /** The heat map with its numbers: its own table. */
  heatmap?: 'table';
  /** The ranking that is shown as a whole, in a dialog. */
  all?: RankingName;
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
  metric: oneOf(raw.metric, METRIC_NAMES),
  view: oneOf(raw.view, ['table'] as const),
  heatmap: oneOf(raw.heatmap, ['table'] as const),
  all: oneOf(raw.all, RANKING_NAMES),
  ...(Object.fromEntries(
    Object.entries(RANKING_GROUPS).map(([group, names]) => [group, oneOf<RankingName>(raw[group], names)]),
  ) as Partial<Record<RankingGroup, RankingName>>),
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
