import { setTimeout as pause } from 'node:timers/promises';
import { readPipeline, settle } from '../observer.js';
import { childrenOf } from '../process-usage.js';
import { startBusyPipeline } from './sustained-load.js';

/**
 * Events pile up while the consumer is stopped (SIGSTOP); then the traffic is paused and the consumer goes on.
 * @returns events stored per second, from the moment the consumer goes on to the last event.
 */
export async function measureDrain(events: number, rate: number, env: Record<string, string>, say: (line: string) => void): Promise<number> {
  const pipeline = await startBusyPipeline(rate, { ...env, ADMIT_MAX_LAG_MS: '3600000' });
  try {
    const consumer = childrenOf(pipeline.pids.supervisor).find(({ command }) => command.includes('apps/stream-consumer/'))!;
    process.kill(consumer.pid, 'SIGSTOP');
    const before = (await readPipeline(pipeline)).storedTotal;
    for (let accepted = 0; accepted - before < events; ) {
      await pause(1_000);
      accepted = (await readPipeline(pipeline)).producers.reduce((sum, { acceptedTotal }) => sum + acceptedTotal, 0);
      say(`${accepted - before} events wait`);
    }
    const settled = settle(pipeline, 600_000);
    await pause(1_500);
    const startedAt = performance.now();
    process.kill(consumer.pid, 'SIGCONT');
    let [last, lastAt] = [before, startedAt];
    const watch = setInterval(() => {
      void readPipeline(pipeline).then(({ storedTotal }) => {
        if (storedTotal > last) [last, lastAt] = [storedTotal, performance.now()];
      });
    }, 250);
    const { accepted, stored } = await settled;
    clearInterval(watch);
    if (accepted !== stored) throw new Error(`accepted ${accepted}, stored ${stored}: they must be equal`);
    return (stored - before) / ((lastAt - startedAt) / 1000);
  } finally {
    await pipeline.stop();
  }
}
