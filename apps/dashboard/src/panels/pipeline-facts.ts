import type { ConsumerStatusDto, PartitionStatusDto, PipelineDto, ProducerStatusDto, QuantilesDto, SourceStatusDto } from '@analytics/dto';

/** The system as one, from the reports of its processes. Only processes that report now count towards rates and delays. */
export interface PipelineFacts {
  sources: SourceStatusDto[];
  acceptedRate: number;
  acceptedTotal: number;
  rejectedTotal: number;
  inFlight: number;
  storedRate: number;
  skippedTotal: number;
  partitions: number;
  entryLag: number;
  pending: number;
  /** Of the slowest process; null while none reports. */
  publishMs: QuantilesDto | null;
  batchMs: QuantilesDto | null;
  durability: string[];
  silentProducers: number;
  silentConsumers: number;
}

const total = <T>(of: readonly T[], value: (each: T) => number): number => of.reduce((sum, each) => sum + value(each), 0);

/** Quantiles of several processes cannot be added up: the one with the worst p95 speaks for all. */
function slowest(all: readonly QuantilesDto[]): QuantilesDto | null {
  return all.length === 0 ? null : all.reduce((worst, each) => (each.p95 > worst.p95 ? each : worst));
}

/** Sources of the same name in several producers are one to the reader. */
function mergeSources(producers: readonly ProducerStatusDto[]): SourceStatusDto[] {
  const merged = new Map<string, SourceStatusDto>();
  for (const source of producers.flatMap(({ sources }) => sources)) {
    const before = merged.get(source.name);
    merged.set(
      source.name,
      before ? { ...source, acceptedTotal: before.acceptedTotal + source.acceptedTotal, rate: before.rate + source.rate } : source,
    );
  }
  return [...merged.values()];
}

/** A partition as one of the consumers sees it. */
export interface PartitionRow extends PartitionStatusDto {
  instance: string;
  reporting: boolean;
}

/** Each of several consumers reports every partition: the one that has it speaks for it, and all do where none has it. */
export function partitionRows(consumers: readonly ConsumerStatusDto[]): PartitionRow[] {
  const all = consumers.flatMap(({ instance, reporting, partitions }) => partitions.map((each) => ({ ...each, instance, reporting })));
  const speaks = ({ state, reporting }: PartitionRow): boolean => reporting && state !== 'acquiring' && state !== 'closed';
  const spokenFor = new Set(all.filter(speaks).map(({ partition }) => partition));
  return all.filter((each) => speaks(each) || !spokenFor.has(each.partition));
}

export function pipelineFacts({ producers, consumers }: PipelineDto): PipelineFacts {
  const reporting = <T extends { reporting: boolean }>(all: readonly T[]) => all.filter((each) => each.reporting);
  const producing: ProducerStatusDto[] = reporting(producers);
  const consuming: ConsumerStatusDto[] = reporting(consumers);
  const partitions = partitionRows(consuming);
  return {
    sources: mergeSources(producing),
    acceptedRate: total(producing, (each) => each.acceptedRate),
    acceptedTotal: total(producers, (each) => each.acceptedTotal),
    rejectedTotal: total(producers, (each) => each.rejectedTotal),
    inFlight: total(producing, (each) => each.inFlight),
    storedRate: total(consuming, (each) => each.storedRate),
    skippedTotal: total(consumers, (each) => each.skippedTotal),
    partitions: new Set(partitions.map(({ partition }) => partition)).size,
    entryLag: total(partitions, (each) => each.entryLag),
    pending: total(partitions, (each) => each.pending),
    publishMs: slowest(producing.map((each) => each.publishMs)),
    batchMs: slowest(consuming.map((each) => each.batchMs)),
    durability: [...new Set(consuming.map((each) => each.durability))],
    silentProducers: producers.length - producing.length,
    silentConsumers: consumers.length - consuming.length,
  };
}
