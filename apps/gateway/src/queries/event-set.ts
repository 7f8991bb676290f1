import type { EventSetDto, ResolvedEventSetDto } from '@analytics/dto';
import { resolveTimeRange, type EventSet, type Filter, type TimeRange } from '@analytics/timescale';
import { orRefuse } from './refusal.js';

/** The events that a question is about, as they are asked of the database, and as they are told in the answer. */
export interface ResolvedEventSet extends EventSet {
  echo: ResolvedEventSetDto;
}

/**
 * The events that a question is about at `now`, ms since 1970.
 * @param given the range, where it is already known.
 * @throws {BadRequestException} when the parameters do not fit together.
 */
export function resolveEventSet(params: EventSetDto, now: number, given?: TimeRange): ResolvedEventSet {
  const { project, timeZone, filters } = params;
  // A live message may have null where a query string has nothing.
  const request = { from: params.from ?? undefined, to: params.to ?? undefined, period: params.period ?? undefined, timeZone };
  const range = given ?? orRefuse(resolveTimeRange(request, now));
  const filter: Filter | undefined = Array.isArray(filters) ? { and: filters } : (filters ?? undefined);
  const echo = { project, from: range.from.toISOString(), to: range.to.toISOString(), timeZone, filters: (filter as ResolvedEventSetDto['filters']) ?? null };
  return { projectId: project, range, filter, timeZone, echo };
}

/** The set, narrowed by another condition. What the answer tells of the filters stays as it was asked. */
export const narrowed = <S extends EventSet>(set: S, condition: Filter): S => ({
  ...set,
  filter: set.filter ? { and: [set.filter, condition] } : condition,
});
