import { isCompacted } from '../compaction/compacted-fields.js';
import type { Filter, FilterCondition } from '../queries/filter-sql.js';
import type { Segment } from './segment.js';
import type { SegmentColumnName } from './segment-statements.js';

/** How many events fulfil which filters, without SQL; it must say what filterSql says. */
export type Matches = Uint8Array;

/** Why segments do not tell which events fulfil a filter; undefined: they do. */
export function obstacleOf(filter: Filter | undefined): string | undefined {
  for (const { op, field, ...condition } of filter ? conditionsOf(filter) : []) {
    if (!isCompacted(field)) return `segments do not have ${field}`;
    const contained = (op === 'contains' || op === 'not_contains') && 'value' in condition ? String(condition.value) : '';
    if (/[^\x20-\x7e]/.test(contained)) return `only the database knows the case of all letters of ${JSON.stringify(contained)}`;
  }
  return undefined;
}

/** The columns that a filter reads. */
export const filterColumns = (filter: Filter | undefined): SegmentColumnName[] =>
  (filter ? conditionsOf(filter) : []).map(({ field }) => field as SegmentColumnName);

function conditionsOf(filter: Filter): FilterCondition[] {
  if ('and' in filter) return filter.and.flatMap(conditionsOf);
  if ('or' in filter) return filter.or.flatMap(conditionsOf);
  return 'not' in filter ? conditionsOf(filter.not) : [filter];
}

/** 1 for each event of the segment that fulfils the filter, else 0. The filter has no obstacle. */
export function matchesOf(filter: Filter | undefined, segment: Segment): Matches {
  if (!filter) return new Uint8Array(segment.events).fill(1);
  if ('and' in filter) return united(filter.and, 1, segment);
  if ('or' in filter) return united(filter.or, 0, segment);
  if ('not' in filter) {
    const matches = matchesOf(filter.not, segment);
    for (let event = 0; event < matches.length; event++) matches[event]! ^= 1;
    return matches;
  }
  return conditionMatches(filter, segment);
}

/** @param neutral of no filters: 1 when all must hold, 0 when one is enough. */
function united(filters: readonly Filter[], neutral: 0 | 1, segment: Segment): Matches {
  const [first, ...others] = filters;
  if (!first) return new Uint8Array(segment.events).fill(neutral);
  const matches = matchesOf(first, segment);
  for (const other of others) {
    const more = matchesOf(other, segment);
    if (neutral === 1) for (let event = 0; event < matches.length; event++) matches[event]! &= more[event]!;
    else for (let event = 0; event < matches.length; event++) matches[event]! |= more[event]!;
  }
  return matches;
}

/** Each value is looked at once. */
function conditionMatches(condition: FilterCondition, segment: Segment): Matches {
  const column = segment.column(condition.field as SegmentColumnName);
  const holds = testOf(condition);
  const holding = new Uint8Array(column.size + 1);
  holding[0] = holds(undefined) ? 1 : 0;
  for (let code = 1; code <= column.size; code++) {
    const value = column.bytes.toString('utf8', column.startOf(code), column.endOf(code));
    holding[code] = holds(value) ? 1 : 0;
  }
  const { codes } = column;
  const matches = new Uint8Array(segment.events);
  for (let event = 0; event < matches.length; event++) matches[event] = holding[codes[event]!]!;
  return matches;
}

type Test = (value: string | undefined) => boolean;

/** Events that lack the field fulfil only the negative ones. Fields of segments are texts and are compared as such. */
function testOf(condition: FilterCondition): Test {
  switch (condition.op) {
    case 'is':
      return (value) => value === String(condition.value);
    case 'is_not':
      return (value) => value !== String(condition.value);
    case 'in':
      return oneOf(condition.values);
    case 'not_in':
      return negated(oneOf(condition.values));
    case 'contains':
      return contains(condition.value);
    case 'not_contains':
      return negated(contains(condition.value));
    case 'starts_with':
      return (value) => value !== undefined && value.startsWith(condition.value);
    case 'exists':
      return (value) => (value !== undefined) === (condition.value !== false);
    default:
      throw new RangeError(`the field ${condition.field} is not a number`);
  }
}

const negated =
  (test: Test): Test =>
  (value) =>
    !test(value);

function oneOf(values: readonly unknown[]): Test {
  const texts = new Set(values.map(String));
  return (value) => value !== undefined && texts.has(value);
}

function contains(part: string): Test {
  const wanted = lower(part);
  return (value) => value !== undefined && lower(value).includes(wanted);
}

/** As lower() of PostgreSQL has it, letter by letter; where a letter becomes two in JavaScript (İ), the first. */
const lower = (text: string): string => {
  const lowered = text.toLowerCase();
  return lowered.length === text.length ? lowered : Array.from(text, (letter) => String.fromCodePoint(letter.toLowerCase().codePointAt(0)!)).join('');
};
