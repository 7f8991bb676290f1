import type { ProducerStatus } from '@analytics/events';
import { StageStatuses } from './stage-statuses.service.js';

const report = (instance: string, acceptedTotal = 0): ProducerStatus => ({
  stage: 'producer',
  instance,
  at: 0,
  startedAt: 0,
  acceptedTotal,
  acceptedRate: 0,
  rejectedTotal: 0,
  inFlight: 0,
  publishMs: { p50: 0, p95: 0, p99: 0 },
  sources: [],
});

describe('StageStatuses', () => {
  it('keeps the last word of each process, by name', () => {
    const statuses = new StageStatuses();
    statuses.observe(report('b', 1), 0);
    statuses.observe(report('a', 2), 0);
    statuses.observe(report('b', 3), 1000);
    expect(statuses.producers(1000).map(({ instance, acceptedTotal }) => [instance, acceptedTotal])).toEqual([
      ['a', 2],
      ['b', 3],
    ]);
    expect(statuses.consumers(1000)).toEqual([]);
  });

  it('says that a process no longer reports after five seconds of silence, by its own clock', () => {
    const statuses = new StageStatuses();
    statuses.observe(report('a'), 1_000_000);
    expect(statuses.producers(1_005_000)[0]!.reporting).toBe(true);
    expect(statuses.producers(1_005_001)[0]!.reporting).toBe(false);
  });

  it('forgets a process after a minute of silence', () => {
    const statuses = new StageStatuses();
    statuses.observe(report('a'), 0);
    expect(statuses.producers(60_000)).toHaveLength(1);
    expect(statuses.producers(60_001)).toEqual([]);
  });
});
