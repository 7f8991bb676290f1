import type { ConsumerStatusDto, HopsDto, PipelineDto, ProducerStatusDto, QuantilesDto } from '@analytics/dto';
import type { ConsumerStatus, ProducerStatus } from '@analytics/events';
import { Injectable } from '@nestjs/common';
import { HopTimes } from '../live/hop-times.service.js';
import { LiveClients } from '../live/live-clients.service.js';
import { DeadLetters } from '../dead-letters/dead-letters.service.js';
import { StoredData } from '../stored-data.service.js';
import { ownedBy, StageStatuses, type Reported } from './stage-statuses.service.js';

const DEAD_LETTERS_SHOWN = 20;

/** The state of the whole pipeline: what is stored (from the database) and what the other processes say of themselves (from Redis). */
@Injectable()
export class PipelineState {
  constructor(
    private readonly stored: StoredData,
    private readonly statuses: StageStatuses,
    private readonly letters: DeadLetters,
    private readonly liveClients: LiveClients,
    private readonly hops: HopTimes,
  ) {}

  async read(now: number): Promise<PipelineDto> {
    const [pipeline, deadLetters] = await Promise.all([
      this.stored.pipeline.read(),
      this.letters.newest(DEAD_LETTERS_SHOWN),
    ]);
    const consumers = this.statuses.consumers(now);
    const reporting = consumers.filter((each) => each.reporting);
    const owned = reporting.flatMap(ownedBy);
    // The lag that a consumer saw last, of a partition that it only waits for, counts where nobody knows a newer one.
    const known = owned.length > 0 ? owned : reporting.flatMap(({ partitions }) => partitions);
    return {
      asOf: new Date(now).toISOString(),
      storedTotal: pipeline.storedTotal,
      deadTotal: pipeline.deadTotal,
      newestReceivedAt: pipeline.newest.map(({ receivedAt }) => receivedAt).sort().at(-1) ?? null,
      timeLagMs: Math.max(0, ...known.map(({ timeLagMs }) => timeLagMs)),
      liveClients: this.liveClients.count,
      hops: this.hopsOf(reporting),
      producers: this.statuses.producers(now).map(toProducerDto),
      consumers: consumers.map(toConsumerDto),
      deadLetters,
    };
  }

  private hopsOf(consumers: readonly ConsumerStatus[]): HopsDto {
    return {
      createdToAccepted: worstOf(consumers.map(({ arrivalMs }) => arrivalMs ?? null)),
      // A consumer says zero when it stored nothing.
      acceptedToStored: worstOf(consumers.map(({ freshnessMs }) => (freshnessMs.p99 === 0 ? null : freshnessMs))),
      ...this.hops.read(),
    };
  }
}

/** Quantiles of several processes cannot be put together; the worst of each is never flattering. */
function worstOf(all: readonly (QuantilesDto | null)[]): QuantilesDto | null {
  const known = all.filter((each) => each !== null);
  if (known.length === 0) return null;
  const most = (name: keyof QuantilesDto): number => Math.max(...known.map((each) => each[name]));
  return { p50: most('p50'), p95: most('p95'), p99: most('p99') };
}

const toProducerDto = ({ instance, at, reporting, ...status }: Reported<ProducerStatus>): ProducerStatusDto => ({
  instance,
  at: new Date(at).toISOString(),
  reporting,
  acceptedTotal: status.acceptedTotal,
  acceptedRate: status.acceptedRate,
  rejectedTotal: status.rejectedTotal,
  inFlight: status.inFlight,
  publishMs: status.publishMs,
  sources: status.sources,
});

const toConsumerDto = ({ instance, at, reporting, ...status }: Reported<ConsumerStatus>): ConsumerStatusDto => ({
  instance,
  at: new Date(at).toISOString(),
  reporting,
  storedTotal: status.storedTotal,
  storedRate: status.storedRate,
  deadTotal: status.deadTotal,
  skippedTotal: status.skippedTotal,
  batchMs: status.batchMs,
  freshnessMs: status.freshnessMs,
  durability: status.durability,
  partitions: status.partitions,
});
