import type { PipelineDto } from '@analytics/dto';
import type { PrivatePipeline } from '@analytics/start';

/** What was seen of a running pipeline, sample by sample. */
export interface Observation {
  samples: number;
  /** Consumer's p95 of accepted → stored over its last minute, ms, sampled once a second. */
  freshnessP95Ms: number[];
  /** Largest age of an entry that is not stored, ms. */
  maxTimeLagMs: number;
  /** Largest sum of the three services' resident memory, MiB. */
  maxRssMiB: number;
  /** Seconds of CPU per service from the first to the last sample. */
  cpuSeconds: Record<string, number>;
}

const SERVICES = ['gateway', 'collector', 'consumer'] as const;

export const readPipeline = async (pipeline: PrivatePipeline): Promise<PipelineDto> =>
  (await (
    await fetch(`${pipeline.gateway}/api/v1/pipeline`, { headers: { authorization: `Bearer ${pipeline.adminKey}` } })
  ).json()) as PipelineDto;

async function readProcess(address: string): Promise<{ rssMiB: number; cpuSeconds: number }> {
  const text = await (await fetch(`${address}/metrics`)).text();
  const value = (name: string): number => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? NaN);
  return { rssMiB: value('process_resident_memory_bytes') / 2 ** 20, cpuSeconds: value('process_cpu_seconds_total') };
}

/** Watches the pipeline once a second for `seconds`; `progress` is told every ten. */
export async function observe(pipeline: PrivatePipeline, seconds: number, progress: (line: string) => void): Promise<Observation> {
  const seen: Observation = { samples: 0, freshnessP95Ms: [], maxTimeLagMs: 0, maxRssMiB: 0, cpuSeconds: {} };
  const first = new Map<string, number>();
  const endsAt = Date.now() + seconds * 1000;
  for (let next = Date.now(); next < endsAt; next += 1000) {
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, next - Date.now())));
    const state = await readPipeline(pipeline);
    const processes = await Promise.all(SERVICES.map((name) => readProcess(pipeline[name])));
    seen.samples++;
    seen.maxTimeLagMs = Math.max(seen.maxTimeLagMs, state.timeLagMs);
    seen.freshnessP95Ms.push(Math.max(0, ...state.consumers.map(({ freshnessMs }) => freshnessMs.p95)));
    seen.maxRssMiB = Math.max(seen.maxRssMiB, processes.reduce((sum, { rssMiB }) => sum + rssMiB, 0));
    processes.forEach(({ cpuSeconds }, index) => {
      const name = SERVICES[index]!;
      if (!first.has(name)) first.set(name, cpuSeconds);
      seen.cpuSeconds[name] = cpuSeconds - first.get(name)!;
    });
    if (seen.samples % 10 === 0)
      progress(`${seen.samples} s: ${state.storedTotal} stored, lag ${state.timeLagMs} ms, freshness p95 ${seen.freshnessP95Ms.at(-1)} ms`);
  }
  return seen;
}

/** Stops the synthetic traffic and waits until everything accepted is stored, or so long. @returns the counts then. */
export async function settle(pipeline: PrivatePipeline, timeoutMs = 60_000): Promise<{ accepted: number; stored: number; dead: number }> {
  await fetch(`${pipeline.collector}/v1/traffic`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ paused: true }),
  });
  const deadline = Date.now() + timeoutMs;
  let before = -1;
  for (;;) {
    // Producers report once a second: two equal counts in a row are the last word.
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    const state = await readPipeline(pipeline);
    const accepted = state.producers.reduce((sum, { acceptedTotal }) => sum + acceptedTotal, 0);
    if ((accepted === before && state.storedTotal === accepted) || Date.now() > deadline)
      return { accepted, stored: state.storedTotal, dead: state.deadTotal };
    before = accepted;
  }
}
