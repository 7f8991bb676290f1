import type { FieldName } from '@analytics/dto/language';
import { useDeferredValue, useMemo } from 'react';
import { isVisitor } from '../api/shared-link.js';
import { useAnswer } from '../live/use-answer.js';
import type { SetParams } from '../routes/view.js';

const MOST = 50;

/**
 * The values that a field has among these events, the most frequent first. Who comes by a shared link is told none.
 * @param typed only values that contain it; `undefined`: nothing is asked yet.
 */
export function useFieldValues(field: FieldName, typed: string | undefined, among: SetParams) {
  const search = useDeferredValue(typed?.trim());
  const asked = search === undefined || isVisitor() ? undefined : { ...among, field, limit: MOST, ...(search && { search }) };
  const { data, error, isLoading } = useAnswer('values', asked);
  const counts = useMemo(() => new Map(data?.values.map(({ value, events }) => [value, events])), [data]);
  return { counts, error, isLoading };
}
