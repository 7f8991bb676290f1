import type { ConsumerStatusDto, PipelineDto, ProducerStatusDto } from '@analytics/dto';
import { partitionRows, pipelineFacts } from './pipeline-facts.js';

const quantiles = (p95: number) => ({ p50: 1, p95, p99: p95 * 2 });
const producer = (part: Partial<ProducerStatusDto>): ProducerStatusDto => ({
  instance: 'p1',
  at: '2026-01-31T12:00:00.000Z',
  reporting: true,
  acceptedTotal: 100,
  acceptedRate: 10,
  rejectedTotal: 1,
  inFlight: 2,
  publishMs: quantiles(4),
  sources: [{ name: 'collector', state: 'running', acceptedTotal: 100, rate: 10 }],
  ...part,
});
const consumer = (part: Partial<ConsumerStatusDto>): ConsumerStatusDto => ({
  instance: 'c1',
  at: '2026-01-31T12:00:00.000Z',
  reporting: true,
  storedTotal: 90,
  storedRate: 9,
  deadTotal: 0,
  skippedTotal: 3,
  batchMs: quantiles(8),
  freshnessMs: quantiles(40),
  durability: 'strict',
  partitions: [{ partition: 0, state: 'reading', timeLagMs: 5, entryLag: 4, pending: 2, lastId: '1-0' }],
  ...part,
});
const pipeline = (producers: ProducerStatusDto[], consumers: ConsumerStatusDto[]): PipelineDto => ({
  asOf: '2026-01-31T12:00:00.000Z',
  storedTotal: 90,
  deadTotal: 0,
  newestReceivedAt: null,
  hops: { createdToAccepted: null, acceptedToStored: null, storedToPushed: null, pushedToPainted: null, createdToPainted: null },
  timeLagMs: 5,
  liveClients: 1,
  producers,
  consumers,
  deadLetters: [],
});

describe('pipelineFacts', () => {
  it('adds up rates, and lets the process with the worst p95 speak for delays', () => {
    const other = { partitions: [{ partition: 1, state: 'reading', timeLagMs: 9, entryLag: 6, pending: 1, lastId: '2-0' }] };
    const facts = pipelineFacts(
      pipeline(
        [producer({}), producer({ instance: 'p2' })],
        [consumer({}), consumer({ ...other, instance: 'c2', batchMs: quantiles(70) })],
      ),
    );
    expect(facts).toMatchObject({ acceptedRate: 20, storedRate: 18, entryLag: 10, pending: 3, partitions: 2, batchMs: quantiles(70) });
    expect(facts.sources).toEqual([{ name: 'collector', state: 'running', acceptedTotal: 200, rate: 20 }]);
  });

  it('lets the owner of a partition speak for it among several consumers, and anyone where there is none', () => {
    const seen = (states: string[], entryLag: number) =>
      states.map((state, partition) => ({ partition, state, timeLagMs: 0, entryLag, pending: 0, lastId: '1-0' }));
    const two = [
      consumer({ instance: 'a', partitions: seen(['reading', 'acquiring', 'acquiring'], 1) }),
      consumer({ instance: 'b', partitions: seen(['acquiring', 'handling', 'acquiring'], 10) }),
    ];
    expect(partitionRows(two).map(({ partition, instance }) => [partition, instance])).toEqual([
      [0, 'a'],
      [2, 'a'],
      [1, 'b'],
      [2, 'b'],
    ]);
    expect(pipelineFacts(pipeline([], two))).toMatchObject({ partitions: 3, entryLag: 22 });
  });

  it('counts a silent process in totals, never in rates or delays', () => {
    const facts = pipelineFacts(
      pipeline(
        [producer({ reporting: false })],
        [consumer({}), consumer({ instance: 'c2', reporting: false, batchMs: quantiles(9000) })],
      ),
    );
    expect(facts).toMatchObject({
      acceptedRate: 0,
      acceptedTotal: 100,
      storedRate: 9,
      skippedTotal: 6,
      publishMs: null,
      batchMs: quantiles(8),
    });
  });
});
