// Prints microseconds per event (best of ten rounds) of what runs once per event. Build first: npx nx run @analytics/events:measure
import { EventScanner, eventPackCodec, parseEventText, parseIngestedEvent, stampEvent, TrafficModel } from '../dist/index.js';

const ROUNDS = 10;
const startAt = Date.UTC(2026, 0, 31, 12);

function measure(name, round) {
  let best = Infinity;
  for (let index = 0; index < ROUNDS; index++) {
    const begin = performance.now();
    const count = round();
    best = Math.min(best, ((performance.now() - begin) * 1000) / count);
  }
  console.log(`${name}: ${best.toFixed(2)} µs per event`);
}

const traffic = new TrafficModel({ seed: 1, startAt, eventsPerSecond: 100_000 });
measure('TrafficModel.advanceTo, steps of 20 ms', () => {
  let count = 0;
  for (let step = 0; step < 50; step++) count += traffic.advanceTo(traffic.state.now + 20).length;
  return count;
});

const stamp = { now: startAt + 1000, retentionDays: 30, newId: () => '' };
const stamped = new TrafficModel({ seed: 1, startAt, eventsPerSecond: 50_000 })
  .advanceTo(startAt + 1000)
  .map((event) => stampEvent(event, { project_id: 'demo', ...event.context }, stamp))
  .map((result) => JSON.parse(JSON.stringify(result.event)));
const views = stamped.filter((event) => event.event_type === 'page_view');
for (const [name, events] of [['page_view', views], ['all types', stamped]])
  measure(`parseIngestedEvent, ${name}`, () => {
    const refused = events.filter((event) => !parseIngestedEvent(event).ok);
    if (refused.length > 0) throw new Error(`${refused.length} events were refused`);
    return events.length;
  });

const { encodeItem, frame } = eventPackCodec;
const packed = eventPackCodec.decodePack(Buffer.from(frame.open + stamped.map(encodeItem).join(frame.separator) + frame.close), stamped.length);
const scanner = new EventScanner();
for (const [name, isTaken] of [
  ['parseEventText', (event) => parseEventText(String(event)).ok],
  ['EventScanner', (event) => event.scan(scanner) !== undefined],
])
  measure(`${name}, from the bytes of a pack`, () => {
    const refused = packed.filter((event) => !isTaken(event));
    if (refused.length > 0) throw new Error(`${refused.length} events were not taken`);
    return packed.length;
  });
