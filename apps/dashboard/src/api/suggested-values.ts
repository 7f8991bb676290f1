import { fieldKind, type FieldName } from '@analytics/dto/language';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { SetParams } from '../routes/view.js';
import { shortCount } from '../ui/format.js';
import { answered, api } from './gateway-client.js';

const MOST = 30;
/** Somebody who types asks only when the hand rests so long, ms. */
const REST_MS = 180;

/**
 * Values of a field that occur among these events, most frequent first. Nothing is asked before {@link search} was called once.
 * @param field of the query language; anything else has no values.
 */
export function useSuggestedValues(field: string, among: SetParams) {
  const [typed, search] = useState<string>();
  const [settled, setSettled] = useState<string>();
  useEffect(() => {
    const timer = setTimeout(() => setSettled(typed), settled === undefined ? 0 : REST_MS);
    return () => clearTimeout(timer);
  }, [typed, settled]);
  const known = fieldKind(field) !== undefined;
  const params = { ...among, field: field as FieldName, limit: MOST, ...(settled && { search: settled }) };
  const { data } = useQuery({
    queryKey: ['values', params],
    queryFn: ({ signal }) => answered(api.GET('/api/v1/values', { params: { query: params }, signal })),
    enabled: known && settled !== undefined,
    staleTime: 30_000,
    placeholderData: (previous, before) =>
      before && (before.queryKey[1] as typeof params).field === field ? keepPreviousData(previous) : undefined,
  });
  const suggestions =
    known && settled !== undefined ? (data?.values ?? []).map(({ value, events }) => ({ value, note: shortCount(events) })) : [];
  return { suggestions, search };
}
