import type { CohortDto } from '@analytics/dto';
import { averagePeriods } from './retention-average.js';

const at = '2026-01-31T00:00:00.000Z';
const cohort = (size: number, ...counts: [count: number, complete: boolean][]): CohortDto => ({
  from: at,
  to: at,
  complete: true,
  size,
  periods: counts.map(([count, complete], index) => ({
    from: at,
    to: at,
    period: index + 1,
    complete,
    count,
    share: size === 0 ? null : count / size,
  })),
});

describe('the average retention', () => {
  it('weighs a cohort by its size', () => {
    expect(averagePeriods([cohort(90, [9, true]), cohort(10, [10, true])])).toEqual([
      { period: 1, members: 100, returned: 19, share: 0.19 },
    ]);
  });

  it('leaves out periods that are not over', () => {
    const periods = averagePeriods([cohort(10, [5, true], [4, true]), cohort(10, [5, true], [1, false]), cohort(10, [1, false])]);
    expect(periods.map(({ share }) => share)).toEqual([0.5, 0.4]);
  });

  it('says nothing where a period is over for nobody', () => {
    expect(averagePeriods([cohort(10, [3, false]), cohort(0)]).map(({ share }) => share)).toEqual([null]);
    expect(averagePeriods([])).toEqual([]);
  });
});
