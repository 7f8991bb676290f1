import { TrafficModel, type ClientEvent } from '@analytics/events';

/** Who sends a request, and what the collector must derive from that for each of its events. */
export interface Sender {
  headers: Record<string, string>;
  browser?: string;
  os?: string;
  device?: string;
  country?: string;
}

/** An event that must be stored once, whoever else sent it again. */
export interface TrueEvent extends Required<ClientEvent> {
  /** Milliseconds since 1970. */
  at: number;
  sender: Sender;
}

export interface StreamRequest {
  sender: Sender;
  /** What goes into the body: right events, wrong ones and repeated ones. */
  events: unknown[];
}

export interface MixedStream {
  requests: StreamRequest[];
  /** In the order in which they are sent first. */
  truth: TrueEvent[];
  /** Repetitions of events that were sent before, in the same request or in an earlier one. */
  duplicates: number;
  /** Events that the collector must refuse. */
  invalid: number;
  /** Start of the first and end of the last event that is not late, ms since 1970. */
  from: number;
  to: number;
}

export interface MixedStreamOptions {
  seed: number;
  /** Events that are right, about. */
  events: number;
  /** End of the stream's time, ms since 1970. */
  to: number;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** The stream covers the last 50 minutes, so that it lies in the summary's hour while this takes less than ten. */
const LENGTH_MS = 50 * MINUTE_MS;
/** One of so many events is late, one repeats an event of its own request, one an older one, and one is wrong. */
const EVERY = { late: 25, repeated: 40, repeatedLater: 50, invalid: 30 } as const;
const REQUEST_EVENTS = 400;

/** The header with the country is trusted by the collector that is started here; see `COUNTRY_HEADER`. */
export const COUNTRY_HEADER = 'x-country';

const SENDERS: readonly Sender[] = [
  {
    headers: {
      'user-agent': 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36',
      [COUNTRY_HEADER]: 'DE',
    },
    ...{ browser: 'Chrome', os: 'Windows', device: 'desktop', country: 'DE' },
  },
  {
    headers: {
      'user-agent':
        'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile Safari/604.1',
      [COUNTRY_HEADER]: 'CH',
    },
    ...{ browser: 'Safari', os: 'iOS', device: 'mobile', country: 'CH' },
  },
  {
    headers: { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0' },
    browser: 'Firefox',
    os: 'Linux',
    device: 'desktop',
  },
  { headers: { 'user-agent': 'verify/1.0' } },
];

/** Made wrong in different ways, each of which the collector must refuse alone. */
const SPOILERS: readonly ((event: ClientEvent) => unknown)[] = [
  (event) => ({ ...event, event_type: 'Not A Type' }),
  (event) => ({ ...event, user_id: '' }),
  (event) => ({ ...event, timestamp: 'yesterday' }),
  (event) => ({ ...event, timestamp: '2001-01-01T00:00:00.000Z' }),
  (event) => ({ ...event, event_id: 'not a uuid' }),
  (event) => ({ ...event, event_type: 'page_view', properties: { page_url: 'javascript:alert(1)' } }),
  (event) => ({ ...event, properties: { text: 'a\u0000b' } }),
  (event) => ({ ...event, project_id: 'self' }),
  () => 'not an event',
  () => null,
];

/** A stream whose every answer is known beforehand: synthetic traffic, with late, repeated and wrong events mixed in by the seed. */
export function mixedStream({ seed, events, to }: MixedStreamOptions): MixedStream {
  const end = Math.floor(to / 1000) * 1000;
  const from = end - LENGTH_MS;
  const lateEvents = Math.ceil(events / EVERY.late);
  const current = trafficOf(seed, from, end, events - lateEvents);
  // An hour and a half ago (the summary's hour before), and days ago.
  const late = [
    ...trafficOf(seed + 1, end - 110 * MINUTE_MS, end - 70 * MINUTE_MS, lateEvents / 2),
    ...trafficOf(seed + 2, end - 9 * DAY_MS, end - 2 * DAY_MS, lateEvents / 2),
  ];
  const stream: MixedStream = { requests: [], truth: [], duplicates: 0, invalid: 0, from, to: end };
  let request: StreamRequest | undefined;
  const push = (event: unknown): void => {
    if (!request || request.events.length >= REQUEST_EVENTS)
      stream.requests.push((request = { sender: SENDERS[stream.requests.length % SENDERS.length] as Sender, events: [] }));
    request.events.push(event);
  };
  const send = (event: Required<ClientEvent>): void => {
    push(event);
    stream.truth.push({ ...event, at: Date.parse(event.timestamp), sender: (request as StreamRequest).sender });
  };
  for (const [index, event] of current.entries()) {
    send(event);
    const straggler = index % EVERY.late === 0 ? late.pop() : undefined;
    if (straggler) send(straggler);
    if (index % EVERY.invalid === 0) {
      push(SPOILERS[stream.invalid++ % SPOILERS.length]?.(event));
    }
    for (const repeated of repetitions(index, current)) {
      stream.duplicates++;
      push(repeated);
    }
  }
  return stream;
}

/** The same event at once, and one from a few requests ago. */
function repetitions(index: number, current: Required<ClientEvent>[]): Required<ClientEvent>[] {
  const older = current[index - 3 * REQUEST_EVENTS];
  return [
    ...(index % EVERY.repeated === 0 ? [current[index] as Required<ClientEvent>] : []),
    ...(index % EVERY.repeatedLater === 0 && older ? [older] : []),
  ];
}

function trafficOf(seed: number, from: number, to: number, events: number): Required<ClientEvent>[] {
  const model = new TrafficModel({ seed, startAt: from, eventsPerSecond: (1000 * events) / (to - from), dayCurve: false });
  return model
    .advanceTo(to)
    .map(({ event_id, timestamp, event_type, user_id, properties }) => ({ event_id, timestamp, event_type, user_id, properties }));
}
