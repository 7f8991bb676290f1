import type { MessageHandler } from '@nestjs/microservices';
import { defer, from, isObservable, lastValueFrom, mergeMap, of, Subject, takeUntil } from 'rxjs';
import type { CallResult } from './batch-delivery.js';
import { stored, type Outcome } from './outcomes.js';
import { RedisStreamsContext, type BatchInfo } from './redis-streams.context.js';

const KINDS = new Set<unknown>(['stored', 'dead', 'retry', 'fenced'] satisfies Outcome['kind'][]);

/**
 * Calls a batch handler and waits for its outcomes, whatever form they come in. Nest hands out a promise that resolves to an Observable
 * that may error, so awaiting the promise alone would take failures for successes. Never rejects.
 */
export async function callHandler(
  handler: MessageHandler<unknown[], RedisStreamsContext>,
  items: unknown[],
  info: Omit<BatchInfo, 'signal'>,
  timeoutMs: number,
  around: (context: RedisStreamsContext, work: () => Promise<unknown>) => Promise<unknown>,
): Promise<CallResult> {
  const overdue = new AbortController();
  const given = new Subject<void>();
  const context = new RedisStreamsContext([{ ...info, signal: overdue.signal }]);
  const result$ = defer(() => from(Promise.resolve(handler(items, context)))).pipe(
    mergeMap((result: unknown) => (isObservable(result) ? result : of(result))),
    takeUntil(given),
  );
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<CallResult>((resolve) => {
    timer = setTimeout(() => resolve({ ok: false, reason: `the handler did not end within ${timeoutMs} ms` }), timeoutMs);
    timer.unref(); // a handler given up at close must not keep the process alive until its time is over
  });
  const work = around(context, () => lastValueFrom(result$, { defaultValue: undefined })).then(
    (result) => readOutcomes(result, items.length),
    (error: unknown): CallResult => ({ ok: false, reason: `the handler failed: ${reasonOf(error)}` }),
  );
  try {
    return await Promise.race([work, timeout.finally(() => overdue.abort())]);
  } finally {
    clearTimeout(timer);
    given.next();
  }
}

/** A handler that ends without a word has stored everything; one that says something must say it of every item. */
function readOutcomes(result: unknown, expected: number): CallResult {
  if (result === undefined) return { ok: true, outcomes: new Array<Outcome>(expected).fill(stored()) };
  if (!Array.isArray(result)) return { ok: false, reason: `a bug in the handler: it returned ${typeof result}, not an array of outcomes` };
  if (result.length !== expected)
    return { ok: false, reason: `a bug in the handler: ${result.length} outcomes for ${expected} items; it must return one for each` };
  const strange = result.findIndex((outcome: unknown) => !isOutcome(outcome));
  if (strange >= 0) return { ok: false, reason: `a bug in the handler: outcome ${strange} is none of stored, dead, retry, fenced` };
  return { ok: true, outcomes: result as Outcome[] };
}

const isOutcome = (value: unknown): boolean => typeof value === 'object' && value !== null && 'kind' in value && KINDS.has(value.kind);

function reasonOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'message' in error) return String(error.message);
  return String(error);
}
