import type { Filter } from '@analytics/dto/language';
import { LEAST_STEPS, MOST_STEPS, type FunnelStep } from '../routes/explore-search.js';
import { shortWords } from '../frame/filter-words.js';

const page = (name: string, path: string): FunnelStep => ({ name, filters: [viewed, { field: 'page_path', op: 'is', value: path }] });
const viewed: Filter = { field: 'type', op: 'is', value: 'page_view' };

/** From the shop's products to its thanks. */
const SHOP: readonly FunnelStep[] = [
  { name: 'Product', filters: [viewed, { field: 'page_path', op: 'starts_with', value: '/products/' }] },
  page('Cart', '/cart'),
  page('Checkout', '/checkout'),
  page('Payment', '/checkout/payment'),
  page('Order placed', '/checkout/thanks'),
];
/** Of any site whose events have the built-in types. */
const ANY_SITE: readonly FunnelStep[] = [
  { name: 'View', filters: [viewed] },
  { name: 'Click', filters: [{ field: 'type', op: 'is', value: 'button_click' }] },
];

/** The funnel of a project as long as nobody has chosen one. */
export const defaultSteps = (project: string): readonly FunnelStep[] => (project === 'demo' ? SHOP : ANY_SITE);

const LONGEST_NAME = 100;

/** What a step is called: its name, or what its filters say. */
export const stepName = ({ name, filters = [] }: FunnelStep): string => name ?? shortWords(filters).slice(0, LONGEST_NAME);

/** The steps as the API takes them. */
export const stepsParam = (steps: readonly FunnelStep[]): string =>
  JSON.stringify(steps.map((step) => ({ name: stepName(step), ...(step.filters && { filters: step.filters }) })));

export const canAdd = (steps: readonly FunnelStep[]): boolean => steps.length < MOST_STEPS;
export const canRemove = (steps: readonly FunnelStep[]): boolean => steps.length > LEAST_STEPS;

/** The step at `from` moved to `to`; what lies outside changes nothing. */
export function moved(steps: readonly FunnelStep[], from: number, to: number): FunnelStep[] {
  const next = [...steps];
  if (to < 0 || to >= steps.length) return next;
  next.splice(to, 0, ...next.splice(from, 1));
  return next;
}

export const replaced = (steps: readonly FunnelStep[], at: number, step: FunnelStep): FunnelStep[] =>
  steps.map((each, index) => (index === at ? step : each));

export const removed = (steps: readonly FunnelStep[], at: number): FunnelStep[] =>
  canRemove(steps) ? steps.filter((_, index) => index !== at) : [...steps];
