import fc from 'fast-check';
import { applyFrame, type LiveState, type PatchFrame } from '@analytics/dto';
import { AnswerStream } from './answer-stream.js';

interface Answer {
  asOf: string;
  total?: number;
  buckets?: { from: string; values: (number | null)[] }[];
}

const bucket = (from: number, value = 0): { from: string; values: number[] } => ({ from: String(from), values: [value] });
const aStream = (): AnswerStream => new AnswerStream({ buckets: (row: { from: string }) => row.from });
const patchOf = (stream: AnswerStream, from: number): PatchFrame['patch'] => (stream.frameObject('a', from) as PatchFrame).patch;

describe('AnswerStream', () => {
  let now = 0;
  const advance = (stream: AnswerStream, answer: Answer): boolean => stream.advance(answer, (now += 250));
  const shown = (stream: AnswerStream, state?: LiveState): LiveState => applyFrame(state, stream.frameObject('a', state?.number))!;

  it('leads from any state to the present one, whatever changed in between', () => {
    const rows = fc.uniqueArray(fc.record({ from: fc.nat(12), value: fc.nat(2) }), { selector: ({ from }) => from, maxLength: 8 });
    const answers = fc.record({
      asOf: fc.constant('now'),
      total: fc.option(fc.nat(3), { nil: undefined }),
      buckets: fc.option(rows.map((each) => each.map(({ from, value }) => bucket(from, value))), { nil: undefined, freq: 6 }),
    });
    fc.assert(
      fc.property(fc.array(answers, { minLength: 1, maxLength: 12 }), (all) => {
        const stream = aStream();
        const states: LiveState[] = [];
        for (const answer of all) {
          advance(stream, answer as Answer);
          const plain: unknown = JSON.parse(JSON.stringify(answer));
          const next = shown(stream);
          expect(next.answer).toEqual(plain);
          for (const state of states) expect(shown(stream, state).answer).toEqual(plain);
          states.push(next);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('tells of a window that slides only the new bucket', () => {
    const stream = aStream();
    advance(stream, { asOf: 'a', buckets: [1, 2, 3, 4].map((from) => bucket(from)) });
    advance(stream, { asOf: 'b', buckets: [2, 3, 4, 5].map((from) => bucket(from)) });
    expect(patchOf(stream, 1)).toEqual({ head: { asOf: 'b' }, lists: { buckets: { order: [[2, 5]], set: { 5: bucket(5) } } } });
  });

  it('merges what a slow viewer missed: each row once, as it is now', () => {
    const stream = aStream();
    advance(stream, { asOf: '', buckets: [bucket(1), bucket(2)] });
    for (let value = 1; value <= 100; value++) advance(stream, { asOf: '', buckets: [bucket(1, value), bucket(2)] });
    expect(patchOf(stream, 1)).toEqual({ head: {}, lists: { buckets: { set: { 1: bucket(1, 100) } } } });
  });

  it('leaves rows and fields alone that did not change, so that they keep their identity', () => {
    const stream = aStream();
    advance(stream, { asOf: 'a', buckets: [bucket(1), bucket(2)] });
    const before = shown(stream);
    advance(stream, { asOf: 'b', buckets: [bucket(1), bucket(2, 7)] });
    const [first, second] = (shown(stream, before).answer as Answer).buckets!;
    const [old, changed] = (before.answer as Answer).buckets!;
    expect([first === old, second === changed]).toEqual([true, false]);
    advance(stream, { asOf: 'c', total: 1, buckets: [bucket(1), bucket(2, 7)] });
    const last = shown(stream);
    expect((shown(stream, last).answer as Answer).buckets).toBe((last.answer as Answer).buckets);
  });

  it('does not count when it was read as news, and the advance of completeness at most once a second', () => {
    const stream = aStream();
    expect(stream.advance({ asOf: 'a', completeThrough: 1 }, 1000)).toBe(true);
    expect(stream.advance({ asOf: 'b', completeThrough: 1 }, 9000)).toBe(false);
    expect(stream.advance({ asOf: 'c', completeThrough: 2 }, 9001)).toBe(true);
    expect(stream.advance({ asOf: 'd', completeThrough: 3 }, 9500)).toBe(false);
    expect(stream.advance({ asOf: 'e', completeThrough: 4 }, 10_001)).toBe(true);
    expect((shown(stream).answer as Answer).asOf).toBe('e');
  });

  it('gives a snapshot for a number that it never had', () => {
    const stream = aStream();
    advance(stream, { asOf: 'a', total: 1 });
    for (const from of [undefined, 0, -1, 2, 1e15, NaN]) expect(stream.frameObject('a', from)).toHaveProperty('snapshot');
    expect(stream.frameObject('a', 1)).toMatchObject({ from: 1, number: 1, patch: { head: {}, lists: {} } });
  });

  it('keeps apart rows that look alike', () => {
    const stream = aStream();
    advance(stream, { asOf: 'a', buckets: [bucket(1), bucket(1)] });
    advance(stream, { asOf: 'a', buckets: [bucket(1), bucket(1, 5), bucket(1)] });
    expect(shown(stream).answer).toEqual({ asOf: 'a', buckets: [bucket(1), bucket(1, 5), bucket(1)] });
  });
});
