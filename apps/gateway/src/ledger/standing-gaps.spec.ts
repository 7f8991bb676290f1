import { StandingGaps, type LedgerMinute, type Stretch } from './standing-gaps.js';

const MINUTE = 60_000;
const row = (minute: number, accepted: number, stored: number): LedgerMinute => ({
  minute: new Date(minute * MINUTE),
  accepted,
  stored,
  duplicate: 0,
  dead: 0,
  replayed: 0,
});

describe('StandingGaps', () => {
  const start = 100 * MINUTE + 30_000;
  let gaps: StandingGaps;
  beforeEach(() => {
    gaps = new StandingGaps();
  });
  /** Minutes whose gap is final, and whose gap is not, `after` ms from the start. */
  const look = (after: number, minutes: LedgerMinute[], { question = 'a', counted }: { question?: string; counted?: Stretch } = {}) => {
    const now = start + after;
    const found = [...gaps.look(question, minutes, now, counted ?? { since: 0, until: now })];
    const minutesOf = (final: boolean) => found.filter(([, gap]) => gap.final === final).map(([minute]) => minute / MINUTE);
    return { final: minutesOf(true), moving: minutesOf(false) };
  };

  it('takes a gap at the first look as one since the end of its minute', () => {
    expect(look(0, [row(90, 5, 4), row(95, 5, 5), row(100, 5, 4)])).toEqual({ final: [90], moving: [100] });
  });

  it('takes a gap for final after it has stood still for six seconds, and for moving when its counts move', () => {
    look(0, [row(100, 5, 4)]);
    expect(look(5999, [row(100, 5, 4)])).toEqual({ final: [], moving: [100] });
    expect(look(6000, [row(100, 5, 4)])).toEqual({ final: [100], moving: [] });
    expect(look(7000, [row(100, 6, 5)])).toEqual({ final: [], moving: [100] });
  });

  it('takes a gap that comes up in an old minute for new: the minute was balanced a moment ago', () => {
    look(0, [row(90, 5, 5)]);
    expect(look(1000, [row(90, 5, 6)])).toEqual({ final: [], moving: [90] });
    expect(look(7000, [row(90, 5, 6)])).toEqual({ final: [90], moving: [] });
  });

  it('counts only time in which the counts are kept, and keeps to what was final before', () => {
    look(0, [row(90, 5, 6), row(100, 5, 6)]);
    const broken = { since: 0, until: start + 1000 };
    expect(look(9000, [row(90, 5, 6), row(100, 5, 6)], { counted: broken })).toEqual({ final: [90], moving: [100] });
    const resumed = (after: number) => ({ since: start + 10_000, until: start + after });
    expect(look(15_999, [row(90, 5, 6), row(100, 5, 6)], { counted: resumed(15_999) })).toEqual({ final: [90], moving: [100] });
    expect(look(16_000, [row(90, 5, 6), row(100, 5, 6)], { counted: resumed(16_000) })).toEqual({ final: [90, 100], moving: [] });
  });

  it('takes nothing for final before anything is counted', () => {
    expect([...gaps.look('a', [row(90, 5, 6)], start, undefined).values()]).toMatchObject([{ final: false }]);
  });

  it('compares looks at the same question only, and none that lie more than ten seconds apart', () => {
    look(0, []);
    expect(look(1000, [row(90, 5, 6)], { question: 'b' }).final).toEqual([90]);
    expect(look(10_001, [row(90, 5, 6)]).final).toEqual([90]);
  });
});
