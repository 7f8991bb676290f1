import type { ConsumerStatus, ProducerStatus } from '@analytics/events';
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

describe('what is in flight', () => {
  const consumer = (instance: string, states: string, part: Partial<ConsumerStatus> = {}): ConsumerStatus => ({
    stage: 'stream-consumer',
    instance,
    at: 0,
    startedAt: 0,
    storedTotal: 0,
    storedRate: 0,
    deadTotal: 0,
    skippedTotal: 0,
    batchMs: { p50: 0, p95: 0, p99: 0 },
    freshnessMs: { p50: 0, p95: 0, p99: 0 },
    durability: 'strict',
    inFlight: { demo: 5 },
    partitions: states.split(' ').map((state, partition) => ({ partition, state, timeLagMs: 0, entryLag: 1, pending: 0, lastId: '0-0' })),
    ...part,
  });
  let statuses: StageStatuses;
  beforeEach(() => {
    statuses = new StageStatuses();
  });
  const report = (...reports: [at: number, status: ConsumerStatus][]): void => {
    for (const [at, status] of reports) statuses.observe(status, at);
  };

  it('is what all reporting consumers say together, by project', () => {
    report([0, consumer('a', 'reading acquiring')], [0, consumer('b', 'acquiring handling')]);
    expect(statuses.inFlight('demo', 3000)).toMatchObject({ inFlight: 10, complete: true, known: { since: 0, until: 3000 } });
    expect(statuses.inFlight('self', 3000).inFlight).toBe(0);
    expect(statuses.inFlight('constructor', 3000).inFlight).toBe(0);
  });

  it('is not known before every partition had a consumer', () => {
    expect(statuses.inFlight('demo', 0)).toEqual({ inFlight: 0, complete: false, oldest: -Infinity, storedThrough: -Infinity, known: undefined });
    report([0, consumer('a', 'reading acquiring')]);
    expect(statuses.inFlight('demo', 4000)).toEqual({ inFlight: 5, complete: false, oldest: -Infinity, storedThrough: -Infinity, known: undefined });
  });

  it('is not all known while a partition has no owner, and was known until its owner was last heard', () => {
    report([0, consumer('a', 'reading acquiring')], [1000, consumer('b', 'acquiring reading')], [5500, consumer('b', 'acquiring reading')]);
    expect(statuses.inFlight('demo', 5500)).toEqual({ inFlight: 5, complete: false, oldest: -Infinity, storedThrough: -Infinity, known: { since: 1000, until: 0 } });
    report([7000, consumer('b', 'recovering reading')]);
    expect(statuses.inFlight('demo', 7000)).toMatchObject({ complete: false, known: { since: 7000, until: 7000 } });
    report([10_000, consumer('b', 'reading reading')]);
    expect(statuses.inFlight('demo', 10_000)).toMatchObject({ complete: true, known: { since: 7000, until: 10_000 } });
  });

  it('is not all known while a partition goes from one living consumer to another', () => {
    report([0, consumer('a', 'reading')], [0, consumer('b', 'acquiring')]);
    report([4000, consumer('a', 'acquiring')], [4000, consumer('b', 'acquiring')]);
    expect(statuses.inFlight('demo', 4000)).toMatchObject({ complete: false, known: { until: 0 } });
  });

  it('remembers until when it was known, long after the last consumer fell silent', () => {
    report([1000, consumer('a', 'reading')]);
    expect(statuses.inFlight('demo', 3_600_000)).toMatchObject({ inFlight: 0, complete: false, known: { since: 1000, until: 1000 } });
  });

  it('is counted anew after a silence, and by a process that took the name of another', () => {
    report([0, consumer('a', 'reading')], [3000, consumer('a', 'reading')]);
    expect(statuses.inFlight('demo', 3000)).toMatchObject({ complete: true, known: { since: 0 } });
    report([8001, consumer('a', 'reading')]);
    expect(statuses.inFlight('demo', 8001)).toMatchObject({ complete: false, known: { since: 8001 } });
    report([9000, consumer('a', 'reading', { startedAt: 8500 })]);
    expect(statuses.inFlight('demo', 9000)).toMatchObject({ complete: false, known: { since: 9000 } });
  });

  it('is no older than the largest lag of all partitions, with a minute to spare', () => {
    const lagging = consumer('a', 'reading reading').partitions.map((each, index) => ({ ...each, timeLagMs: index * 7000 }));
    report([0, consumer('a', 'reading reading', { partitions: lagging })]);
    expect(statuses.inFlight('demo', 3000).oldest).toBe(3000 - 5000 - 7000 - 60_000);
    expect(statuses.inFlight('demo', 2999).oldest).toBe(-Infinity);
  });

  it('is not all known with more entries than a consumer counts', () => {
    const [partition] = consumer('a', 'reading').partitions;
    report([0, consumer('a', 'reading', { partitions: [{ ...partition!, entryLag: 2001 }] })]);
    expect(statuses.inFlight('demo', 3000)).toMatchObject({ inFlight: 5, complete: false, known: { since: 0, until: 3000 } });
  });
});
