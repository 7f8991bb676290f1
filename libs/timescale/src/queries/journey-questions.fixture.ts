import fc from 'fast-check';
import { type JourneyKind, type JourneyQuestion, type Journeys } from '../segments/journey-question.js';
import { resolveBuckets } from './buckets.js';
import type { EventSet } from './event-set.js';
import type { BuiltInField } from './fields.js';
import type { Filter } from './filter-sql.js';
import { referenceFunnel, referencePaths, referenceRetention, type TimedEvent } from './journey-reference.fixture.js';
import type { JourneysReader } from './journeys.reader.js';
import { PROJECT } from './query-data.fixture.js';
import { filtersOf, questionsAbout, type RandomQuestion } from './query-questions.fixture.js';
import { matches } from './query-reference.fixture.js';
import type { Answered } from './query-plan.js';
import { resolveTimeRange } from './time-range.js';

const TYPES = ['page_view', 'button_click', 'api_call', 'error', 'signed_up', 'purchase'];

export const setOf = ({ range, now, filter }: RandomQuestion): EventSet => ({
  projectId: PROJECT,
  range: resolveTimeRange(range, now).value!,
  filter,
  timeZone: range.timeZone,
});

export const eventsOf = (all: readonly TimedEvent[], { range, filter, timeZone }: EventSet, afterMs = 0): TimedEvent[] =>
  all.filter(
    (event) =>
      event.project_id === PROJECT &&
      event.at >= range.from.getTime() &&
      event.at < range.to.getTime() + afterMs &&
      (!filter || matches(event, filter, timeZone)),
  );

/** Sets of events; half of them have no filter, which leaves enough to follow. @param only fields that are filtered by; default: all. */
export const journeySets = (all: readonly TimedEvent[], only?: readonly BuiltInField[]): fc.Arbitrary<EventSet> =>
  fc
    .tuple(questionsAbout(all), only ? filtersOf(all, only) : fc.constant(undefined), fc.boolean())
    .map(([question, filter, plain]) => setOf({ ...question, ...(filter ? { filter } : {}), ...(plain ? { filter: undefined } : {}) }));

/** Questions of a kind. @param only as in {@link journeySets} */
export function journeyQuestions(all: readonly TimedEvent[], kind: JourneyKind, only?: readonly BuiltInField[]): fc.Arbitrary<JourneyQuestion> {
  const types = fc.constantFrom(...TYPES).map((value): Filter => ({ field: 'type', op: 'is', value }));
  const some = fc.oneof({ weight: 4, arbitrary: types }, { weight: 1, arbitrary: filtersOf(all, only) }, { weight: 1, arbitrary: fc.constant(undefined) });
  const by = fc.constantFrom('user' as const, 'session' as const);
  const sets = journeySets(all, only);
  if (kind === 'funnel') {
    const shapes = fc.record({ by, steps: fc.array(some, { minLength: 2, maxLength: 5 }), windowMs: fc.constantFrom(1000, 60_000, 600_000, 3_600_000, 86_400_000) });
    return fc.tuple(sets, shapes).map(([set, shape]) => ({ kind, question: { ...set, ...shape } }));
  }
  if (kind === 'retention') {
    const shapes = fc.record({ by, start: some, return: some, width: fc.constantFrom('1d' as const, '1w' as const) });
    return fc.tuple(sets, shapes).map(([set, { width, ...shape }]) => {
      const { buckets } = resolveBuckets(set.range, width, set.timeZone, Date.now()).value!;
      return { kind, question: { ...set, ...shape, buckets } };
    });
  }
  const anchor = fc.constantFrom(...new Set(all.flatMap(({ properties }) => pageOf(properties['page_url']) ?? [])), '/nowhere');
  const direction = fc.constantFrom('next' as const, 'previous' as const);
  const shapes = fc.record({ anchor, direction, depth: fc.integer({ min: 1, max: 4 }), limit: fc.constantFrom(1, 2, 5, 50) });
  return fc.tuple(sets, shapes).map(([set, shape]) => ({ kind, question: { ...set, ...shape } }));
}

const pageOf = (url: unknown): string | undefined => (typeof url === 'string' && URL.canParse(url) ? new URL(url).pathname : undefined);

export function askJourney(reader: JourneysReader, { kind, question }: JourneyQuestion): Promise<Answered<Journeys[JourneyKind]['answer']>> {
  if (kind === 'funnel') return reader.funnel(question);
  return kind === 'retention' ? reader.retention(question) : reader.paths(question);
}

/** The answer must be that of plain code, which makes every single attempt. @param all that is stored. */
export function expectJourney({ kind, question }: JourneyQuestion, answer: unknown, all: readonly TimedEvent[]): void {
  const zone = question.timeZone;
  if (kind === 'funnel') {
    const steps = answer as Journeys['funnel']['answer'];
    const expected = referenceFunnel(eventsOf(all, question, question.windowMs), question.range.to.getTime(), { ...question, zone });
    expect(steps.map(({ count }) => count)).toEqual(expected.map(({ count }) => count));
    steps.forEach(({ medianSeconds }, index) => {
      const median = expected[index]!.medianSeconds;
      if (median === null) expect(medianSeconds).toBeNull();
      else expect(medianSeconds).toBeCloseTo(median, 6);
    });
  } else if (kind === 'retention') {
    const { by, start, return: again, buckets } = question;
    const bucketOf = (at: number): number => buckets.findIndex(({ to }) => at < to.getTime());
    expect(answer).toEqual(referenceRetention(eventsOf(all, question), { by, start, again, zone }, buckets.length, bucketOf));
  } else expect(answer).toEqual(referencePaths(eventsOf(all, question), question));
}
