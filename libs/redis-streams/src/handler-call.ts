import type { MessageHandler } from '@nestjs/microservices';
import { defer, from, isObservable, lastValueFrom, mergeMap, of, Subject, takeUntil } from 'rxjs';
import type { CallResult } from './batch-delivery.js';
import { retry, stored, type Outcome } from './outcomes.js';
import { RedisStreamsContext, type BatchInfo } from './redis-streams.context.js';

const KINDS = new Set<unknown>(['stored', 'dead', 'retry', 'fenced'] satisfies Outcome['kind'][]);

/** How a handler is called. */
export interface CallOptions {
  timeoutMs: number;
  /** Runs one call between the hooks of the framework. */
  around(context: RedisStreamsContext, work: () => Promise<unknown>): Promise<unknown>;
}

/** Calls a batch handler and waits for its outcomes, whatever form they come in. Never rejects. */
export const callHandler = (
  handler: MessageHandler<unknown[], RedisStreamsContext>,
  items: unknown[],
  info: Omit<BatchInfo, 'signal'>,
  options: CallOptions,
): Promise<CallResult> => call(handler, items, info, options, (result) => readOutcomes(result, items.length));

/**
 * Calls a single-event handler once for each item, in order. What comes after an item that is to be tried again is tried again too,
 * because it must not overtake it. Never rejects.
 */
export async function callSingleHandler(
  handler: MessageHandler<unknown, RedisStreamsContext>,
  items: unknown[],
  info: Omit<BatchInfo, 'signal'>,
  options: CallOptions,
): Promise<CallResult> {
  const outcomes: Outcome[] = [];
  for (const item of items) {
    const result = await call(handler, item, info, options, (value) => readOutcome(value, 1));
    const outcome = result.ok ? result.outcomes[0] : retry(result.reason);
    if (outcome.kind === 'fenced') return { ok: true, outcomes: [outcome] };
    outcomes.push(outcome);
    if (outcome.kind === 'retry') return { ok: true, outcomes: [...outcomes, ...items.slice(outcomes.length).map(() => outcome)] };
  }
  return { ok: true, outcomes };
}

/**
 * Nest hands out a promise that resolves to an Observable that may error, so awaiting the promise alone would take failures for
 * successes.
 */
async function call<Data>(
  handler: MessageHandler<Data, RedisStreamsContext>,
  data: Data,
  info: Omit<BatchInfo, 'signal'>,
  { timeoutMs, around }: CallOptions,
  read: (result: unknown) => CallResult,
): Promise<CallResult> {
  const overdue = new AbortController();
  const given = new Subject<void>();
  const context = new RedisStreamsContext([{ ...info, signal: overdue.signal }]);
  const result$ = defer(() => from(Promise.resolve(handler(data, context)))).pipe(
    mergeMap((result: unknown) => (isObservable(result) ? result : of(result))),
    takeUntil(given),
  );
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<CallResult>((resolve) => {
    timer = setTimeout(() => resolve({ ok: false, reason: `the handler did not end within ${timeoutMs} ms` }), timeoutMs);
    timer.unref(); // a handler given up at close must not keep the process alive until its time is over
  });
  const work = around(context, () => lastValueFrom(result$, { defaultValue: undefined })).then(
    read,
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
  if (!Array.isArray(result)) return readOutcome(result, expected);
  if (result.length !== expected)
    return { ok: false, reason: `a bug in the handler: ${result.length} outcomes for ${expected} items; it must return one for each` };
  const strange = result.findIndex((outcome: unknown) => !isOutcome(outcome));
  if (strange >= 0) return { ok: false, reason: `a bug in the handler: outcome ${strange} is none of stored, dead, retry, fenced` };
  return { ok: true, outcomes: result as Outcome[] };
}

/** One outcome is that of all items, also where there are none: a batch of duplicates alone. */
function readOutcome(result: unknown, expected: number): CallResult {
  if (result === undefined) return readOutcome(stored(), expected);
  if (!isOutcome(result)) return { ok: false, reason: `a bug in the handler: it returned ${typeof result}, which is no outcome` };
  if (result.kind === 'fenced') return { ok: true, outcomes: [result] };
  if (result.kind === 'retry') return { ok: false, reason: result.reason };
  return { ok: true, outcomes: new Array<Outcome>(expected).fill(result) };
}

const isOutcome = (value: unknown): value is Outcome =>
  typeof value === 'object' && value !== null && 'kind' in value && KINDS.has(value.kind);

function reasonOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'message' in error) return String(error.message);
  return String(error);
}
