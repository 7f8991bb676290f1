import { useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useCallback, useSyncExternalStore } from 'react';
import { freshnessOf, type Freshness } from './freshness.js';
import { useLine } from './use-live.js';

const listeners = new Set<() => void>();
let second = Math.floor(Date.now() / 1000) * 1000;
let timer: ReturnType<typeof setInterval> | undefined;

function onSecond(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    second = Date.now();
    for (const each of listeners) each();
  }, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** This browser's clock, ms since 1970, once a second. */
export const useNow = (): number => useSyncExternalStore(onSecond, () => second);

/** Since when (ms since 1970) a question that is on screen has been failing; null when none does. */
export function failingSince(client: QueryClient): number | null {
  const failed = client.getQueryCache().findAll({ type: 'active', predicate: ({ state }) => state.error !== null });
  return failed.length === 0 ? null : Math.min(...failed.map(({ state }) => state.dataUpdatedAt || state.errorUpdatedAt));
}

/** Age of the project's newest stored event, ms; `unknown` before the first pulse. */
type NewestAge = number | 'none' | 'unknown';

/** How fresh the screen is, and how old the project's newest stored event. */
export function useFreshness(project: string): Freshness & { newestAge: NewestAge } {
  const client = useQueryClient();
  const onCache = useCallback((listener: () => void) => client.getQueryCache().subscribe(listener), [client]);
  const failing = useSyncExternalStore(onCache, () => failingSince(client));
  const line = useLine();
  // Between two ticks a pulse may be newer than the clock that is shown.
  const now = Math.max(useNow(), line.lastPulseAt ?? 0, line.pausedAt ?? 0);
  const newest = line.newestReceivedAt[project];
  return {
    ...freshnessOf({ now, pausedAt: line.pausedAt, connectedAt: line.connectedAt, lastPulseAt: line.lastPulseAt, failingSince: failing }),
    newestAge: newest !== undefined ? Math.max(0, now + line.clockOffset - newest) : line.lastPulseAt === null ? 'unknown' : 'none',
  };
}
