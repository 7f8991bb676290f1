import { run, type Finished } from './process-probe.js';

/** The same images as in infra/docker-compose.yml. */
export const IMAGES = { redis: 'redis:7', postgres: 'timescale/timescaledb:2.19.3-pg16' };

/** Runs the docker command to its end. */
export function docker(...args: string[]): Promise<Finished> {
  return run('docker', args);
}

/** Whether a Docker daemon can be reached. */
export async function dockerAnswers(): Promise<boolean> {
  return (await docker('version', '--format', '{{.Server.Version}}')).code === 0;
}
