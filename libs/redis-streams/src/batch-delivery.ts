import { Backoff, delay } from './backoff.js';
import type { Batch } from './batch-planner.js';
import type { Outcome } from './outcomes.js';
import type { BatchInfo } from './redis-streams.context.js';

/** One call of a handler: its outcomes, or why there are none. Never rejects. */
export type BatchCall = (items: unknown[], info: Omit<BatchInfo, 'signal'>) => Promise<CallResult>;
export type CallResult = { readonly ok: true; readonly outcomes: Outcome[] } | { readonly ok: false; readonly reason: string };

export type DeliveryResult =
  | { readonly kind: 'done'; readonly stored: number; readonly dead: number }
  | { readonly kind: 'fenced' }
  | { readonly kind: 'interrupted' };

export interface DeliveryOptions {
  retryFirstMs: number;
  retryMostMs: number;
  /** Aborted when the partition is given up: a pause ends, and nothing is handed over again. */
  stopping: AbortSignal;
  /** Told before each pause. */
  paused(reason: string): void;
  /** Told after each pause. */
  resumed(): void;
}

/**
 * Hands a batch to its handler until every item is stored or dead. What says `retry` is handed over again, alone, after a growing pause:
 * for ever, because later entries must not overtake it.
 */
export async function deliverBatch(
  batch: Batch,
  info: Omit<BatchInfo, 'signal' | 'attempt' | 'positions'>,
  call: BatchCall,
  options: DeliveryOptions,
): Promise<DeliveryResult> {
  const backoff = new Backoff(options.retryFirstMs, options.retryMostMs);
  const tally = { stored: 0, dead: 0 };
  let positions: number[] | null = null;
  for (let attempt = 1; ; attempt++) {
    const items = positions ? positions.map((position) => batch.items[position]) : batch.items;
    const result = await call(items, { ...info, attempt, positions });
    if (result.ok && result.outcomes.some((outcome) => outcome.kind === 'fenced')) return { kind: 'fenced' };
    if (result.ok) {
      const again = settle(result.outcomes, positions, tally);
      if (again.length === 0) return { kind: 'done', ...tally };
      positions = again.length === batch.items.length ? null : again;
    }
    if (options.stopping.aborted) return { kind: 'interrupted' };
    options.paused(result.ok ? firstReason(result.outcomes) : result.reason);
    await delay(backoff.next(), options.stopping);
    if (options.stopping.aborted) return { kind: 'interrupted' };
    options.resumed();
  }
}

/** Counts what is settled; returns the positions, among the first attempt's items, of what is not. */
function settle(outcomes: readonly Outcome[], positions: readonly number[] | null, tally: { stored: number; dead: number }): number[] {
  const again: number[] = [];
  outcomes.forEach((outcome, i) => {
    if (outcome.kind === 'stored') tally.stored++;
    else if (outcome.kind === 'dead') tally.dead++;
    else again.push(positions ? positions[i] : i);
  });
  return again;
}

const firstReason = (outcomes: readonly Outcome[]): string => {
  const first = outcomes.find((outcome) => outcome.kind === 'retry');
  return first?.kind === 'retry' ? first.reason : 'the handler asked for another try';
};
