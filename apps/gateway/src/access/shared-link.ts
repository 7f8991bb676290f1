import type { SharedView } from '@analytics/timescale';
import { BadRequestException, ForbiddenException } from '@nestjs/common';
import { refusal } from '../queries/refusal.js';

/** Questions that are answered in sums. Names of REST's handlers and of live questions alike. */
const QUESTIONS: ReadonlySet<string> = new Set(['totals', 'timeseries', 'breakdown', 'heatmap', 'funnel', 'retention', 'paths']);
/** Whatever is asked of them is about somebody. */
const OF_ONE: ReadonlySet<string> = new Set(['user', 'session']);
const WITH_FILTERS = ['filters', 'steps', 'start', 'return'];
/** Filters have five levels of two each, steps two more. */
const DEEPEST = 16;

/** What a link shows, as clients are told. */
export const searchOf = ({ search }: Pick<SharedView, 'search'>): Record<string, unknown> => JSON.parse(search) as Record<string, unknown>;

/**
 * The parameters of a question as a link may ask it: the link's filters hold besides those that are given, so nothing can be widened.
 * Single users and sessions cannot be asked about, nor the values of properties listed.
 * @param question name of the question.
 * @param params as they came, not yet validated; what cannot be read here is refused here, so that nothing slips through unread.
 * @throws {ForbiddenException} for what a link does not show.
 * @throws {BadRequestException} for filters that are no JSON.
 */
export function withinLink(link: SharedView, question: string, params: Record<string, unknown>): Record<string, unknown> {
  if (!QUESTIONS.has(question)) throw new ForbiddenException(['a shared link shows sums only; sign in to see more']);
  for (const name of WITH_FILTERS) refuseOfOne(name, read(name, params[name]));
  if (question === 'breakdown') refuseListing(params['by']);
  const filters = [...listOf(searchOf(link)['filters']), ...listOf(read('filters', params['filters']))];
  return filters.length === 0 ? params : { ...params, filters: JSON.stringify(filters) };
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : value === undefined ? [] : [value]);

/** A query string holds JSON as text, a live message may hold the value itself, and null where a query string has nothing. */
function read(field: string, given: unknown): unknown {
  if (given === undefined || given === null) return undefined;
  if (typeof given !== 'string') return given;
  try {
    return JSON.parse(given) as unknown;
  } catch {
    throw refusal({ field, value: given, message: `${field} must be JSON` });
  }
}

/** Level by level and not by recursion, which a hostile value would exhaust. */
function refuseOfOne(name: string, value: unknown): void {
  let level = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEEPEST) throw new BadRequestException([`${name} is nested deeper than ${DEEPEST} levels; make it flatter`]);
    const objects = level.filter((each): each is object => typeof each === 'object' && each !== null);
    for (const each of objects)
      if ('field' in each && typeof each.field === 'string' && OF_ONE.has(each.field))
        throw new ForbiddenException([`a shared link does not tell of single users or sessions; leave ${each.field} out of ${name}`]);
    level = objects.flatMap((each) => Object.values(each));
  }
}

function refuseListing(by: unknown): void {
  const fields = typeof by === 'string' && by.startsWith('[') ? read('by', by) : typeof by === 'string' ? by.split(',') : by;
  const lists = (field: unknown): boolean => typeof field === 'string' && (OF_ONE.has(field) || field.startsWith('properties.'));
  if (listOf(fields ?? undefined).some(lists))
    throw new ForbiddenException(['a shared link does not list users, sessions or properties; break down by another field']);
}
