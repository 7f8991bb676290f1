import { setTimeout as pause } from 'node:timers/promises';
import { DEFAULT_PARTITIONS, STREAM } from '@analytics/events';
import type { PipelineSystem } from './system/pipeline-system.js';

const EVERY_MS = 1_000;

interface Sample {
  /** Resident memory of each service that answered, MiB. */
  services: Map<string, number>;
  redisMiB: number;
  /** Entries in all streams. */
  entries: number;
}

/** Means of the first and the last third of a run. */
export interface Thirds {
  name: string;
  unit: string;
  first: number;
  last: number;
}

/** Watches once a second what must stay flat: memory of the services and of Redis, and what waits in the streams. */
export class ResourceWatcher {
  private readonly samples: Sample[] = [];
  private readonly running: Promise<void>;
  private stopping = false;

  constructor(private readonly system: PipelineSystem) {
    this.running = this.watch();
  }

  /** @returns first third against last third, one row for each thing watched. */
  async stop(): Promise<Thirds[]> {
    this.stopping = true;
    await this.running;
    const third = Math.ceil(this.samples.length / 3);
    const compare = (name: string, unit: string, valueOf: (sample: Sample) => number | undefined): Thirds => {
      const mean = (samples: Sample[]): number => {
        const values = samples.map(valueOf).filter((value) => value !== undefined);
        return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
      };
      return { name, unit, first: mean(this.samples.slice(0, third)), last: mean(this.samples.slice(-third)) };
    };
    const names = [...new Set(this.samples.flatMap(({ services }) => [...services.keys()]))].sort();
    return [
      ...names.map((name) => compare(name, 'MiB', ({ services }) => services.get(name))),
      compare('Redis', 'MiB', ({ redisMiB }) => redisMiB),
      compare('entries in the streams', '', ({ entries }) => entries),
    ];
  }

  private async watch(): Promise<void> {
    for (let next = Date.now(); !this.stopping; next += EVERY_MS) {
      await pause(Math.max(0, next - Date.now()));
      // While Redis is away there is no sample; a slow moment is not made up.
      await this.sample().then(
        (sample) => this.samples.push(sample),
        () => undefined,
      );
      next = Math.max(next, Date.now() - EVERY_MS);
    }
  }

  private async sample(): Promise<Sample> {
    const { redis, processes } = this.system;
    const services = new Map<string, number>();
    for (const { name, url } of processes) {
      const text = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(1_000) }).then(
        (response) => response.text(),
        () => '',
      );
      const bytes = /^process_resident_memory_bytes (\S+)$/m.exec(text)?.[1];
      if (bytes) services.set(name, Number(bytes) / 2 ** 20);
    }
    const memory = await redis.info('memory');
    let entries = 0;
    for (let partition = 0; partition < DEFAULT_PARTITIONS; partition++) entries += await redis.xlen(`${STREAM}:{${partition}}`);
    return { services, redisMiB: Number(/^used_memory:(\d+)/m.exec(memory)?.[1] ?? NaN) / 2 ** 20, entries };
  }
}
