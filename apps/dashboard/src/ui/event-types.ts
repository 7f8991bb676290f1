import type { BuiltInEventType } from '@analytics/events';

const BUILT_IN: Record<BuiltInEventType, { label: string; one: string; colour: string }> = {
  page_view: { label: 'Page views', one: 'Page view', colour: '--chart-page-view' },
  button_click: { label: 'Clicks', one: 'Click', colour: '--chart-button-click' },
  api_call: { label: 'API calls', one: 'API call', colour: '--chart-api-call' },
  error: { label: 'Errors', one: 'Error', colour: '--chart-error' },
};
const ORDER = Object.keys(BUILT_IN);
const CUSTOM_COLOURS = 4;

export const BUILT_IN_TYPES = ORDER as BuiltInEventType[];

const isBuiltIn = (type: string): type is BuiltInEventType => Object.hasOwn(BUILT_IN, type);

/** The reader's name of the events of a type; a custom type keeps its own. */
export const typeLabel = (type: string): string => (isBuiltIn(type) ? BUILT_IN[type].label : type);

/** What one event of a type is called. */
export const typeName = (type: string): string => (isBuiltIn(type) ? BUILT_IN[type].one : type);

/** The CSS variable of a type's colour: fixed for the built-in ones, one of four by name for custom ones. */
export function typeColour(type: string): string {
  if (isBuiltIn(type)) return BUILT_IN[type].colour;
  const sum = [...type].reduce((hash, letter) => (hash * 31 + letter.charCodeAt(0)) % 9973, 7);
  return `--chart-custom-${(sum % CUSTOM_COLOURS) + 1}`;
}

/** Built-in types first, in their usual order, then custom ones by name: colours keep their places when shares change. */
export function compareTypes(a: string, b: string): number {
  const place = (type: string) => (isBuiltIn(type) ? ORDER.indexOf(type) : ORDER.length);
  return place(a) - place(b) || a.localeCompare(b);
}
