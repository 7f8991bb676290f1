import { setTimeout as pause } from 'node:timers/promises';
import type { PipelineDto, SeriesDto } from '@analytics/dto';
import { PROJECT, type PipelineSystem } from './system/pipeline-system.js';

const EVERY_MS = 250;
const DAY_MS = 86_400_000;

/** A reader of the dashboard's numbers: what was once stored and counted must stay, so neither may ever fall. */
export class CountWatcher {
  readonly falls: string[] = [];
  /** Answers it has compared. */
  samples = 0;
  /** Largest time lag it was told, ms. */
  maxTimeLagMs = 0;
  private readonly last = { stored: 0, counted: 0 };
  private readonly running: Promise<void>;
  private stopping = false;

  constructor(private readonly system: Pick<PipelineSystem, 'ask'>) {
    this.running = this.watch();
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await this.running;
  }

  private async watch(): Promise<void> {
    const around = `from=${new Date(Date.now() - DAY_MS).toISOString()}&to=${new Date(Date.now() + DAY_MS).toISOString()}`;
    while (!this.stopping) {
      const pipeline = await this.read<PipelineDto>('/api/v1/pipeline');
      if (pipeline) {
        this.compare('stored', pipeline.storedTotal);
        this.maxTimeLagMs = Math.max(this.maxTimeLagMs, pipeline.timeLagMs);
      }
      const series = await this.read<SeriesDto>(`/api/v1/metrics/timeseries?project=${PROJECT}&granularity=1h&${around}`);
      if (series)
        this.compare(
          'counted',
          series.series.flatMap(({ values }) => values).reduce((sum, value) => sum + value, 0),
        );
      await pause(EVERY_MS);
    }
  }

  private compare(name: 'stored' | 'counted', value: number): void {
    this.samples++;
    if (value < this.last[name]) this.falls.push(`${name} fell from ${this.last[name]} to ${value}`);
    this.last[name] = value;
  }

  /** @returns undefined while the gateway or what it needs is away. */
  private async read<T>(path: string): Promise<T | undefined> {
    try {
      const response = await this.system.ask(path, AbortSignal.timeout(5_000));
      return response.ok ? ((await response.json()) as T) : undefined;
    } catch {
      return undefined;
    }
  }
}
