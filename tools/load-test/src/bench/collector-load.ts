import { TrafficModel } from '@analytics/events';
import type { PrivatePipeline } from '@analytics/start';
import autocannon from 'autocannon';

/** Different requests of one kind, so that no cache sees the same event again and again. */
const BODIES = 200;
/** Compilation is not what is measured. */
const WARM_UP_SECONDS = 4;
/** Requests on their way at the same time, by events in each: small ones wait for company (5 ms), large ones for the processor. */
const CONNECTIONS: Readonly<Record<number, number>> = { 1: 256, 100: 64, 1_000: 16 };

export interface CollectorResult {
  /** Events accepted per second. */
  eventRate: number;
  requestRate: number;
  /** Milliseconds per request. */
  p50: number;
  p99: number;
}

/**
 * `POST /v1/events` under as many requests as its connections can make: real events without ids, so that each is new.
 * @param eventsPerRequest 1 sends one object, more an array.
 * @throws {Error} when a request is answered by anything but 200, or an event is rejected.
 */
export async function measureCollector(
  { collector, writeKeys }: PrivatePipeline,
  eventsPerRequest: number,
  seconds: number,
): Promise<CollectorResult> {
  const now = Date.now();
  const model = new TrafficModel({ seed: 42, startAt: now, eventsPerSecond: 100_000, dayCurve: false });
  const events = Array.from({ length: Math.ceil((BODIES * eventsPerRequest) / 50_000) }, (_, second) => model.advanceTo(now + (second + 1) * 1_000)).flat();
  const bodyOf = (nth: number): string => {
    const some = events.slice((nth * eventsPerRequest) % (events.length - eventsPerRequest)).slice(0, eventsPerRequest);
    const sent = some.map(({ event_type, user_id, properties }) => ({ event_type, user_id, properties }));
    return JSON.stringify(eventsPerRequest === 1 ? sent[0] : sent);
  };
  const headers = { authorization: `Bearer ${writeKeys.demo}`, 'content-type': 'application/json' };
  const requests = Array.from({ length: BODIES }, (_, nth) => ({ body: bodyOf(nth) }));
  const url = `${collector}/v1/events`;
  const options = { url, method: 'POST', headers, connections: CONNECTIONS[eventsPerRequest] ?? 32, requests } as const;
  await autocannon({ ...options, duration: WARM_UP_SECONDS });
  const result = await autocannon({ ...options, duration: seconds });
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`the collector refused ${result.non2xx} of ${result.requests.total} requests, and ${result.errors} failed`);
  const metrics = await (await fetch(`${collector}/metrics`)).text();
  if (!/outcome="rejected"\} 0$/m.test(metrics)) throw new Error('the collector rejected events; a number about wrong events is worth nothing');
  const requestRate = result.requests.total / result.duration;
  return { eventRate: requestRate * eventsPerRequest, requestRate, p50: result.latency.p50, p99: result.latency.p99 };
}
