import type { CohortDto } from '@analytics/dto';

/** What became of all cohorts together, so many periods later. */
export interface AveragePeriod {
  period: number;
  /** Members of the cohorts for which this period is over. */
  members: number;
  returned: number;
  /** 0 to 1; null: it is over for no cohort. */
  share: number | null;
}

/** Of each period, over the cohorts that are whole and for which it is over: larger cohorts weigh more. */
export function averagePeriods(cohorts: readonly CohortDto[]): AveragePeriod[] {
  const last = Math.max(0, ...cohorts.map(({ periods }) => periods.at(-1)?.period ?? 0));
  return Array.from({ length: last }, (_, index) => {
    const period = index + 1;
    const over = cohorts.flatMap(({ size, periods }) => {
      const found = periods.find((each) => each.period === period);
      return found?.complete ? [{ size, count: found.count }] : [];
    });
    const members = over.reduce((sum, { size }) => sum + size, 0);
    const returned = over.reduce((sum, { count }) => sum + count, 0);
    return { period, members, returned, share: members === 0 ? null : returned / members };
  });
}
