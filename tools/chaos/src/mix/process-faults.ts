import { setTimeout as pause } from 'node:timers/promises';
import type { ServiceProcess } from '../system/service-process.js';
import type { ChaosContext, ChaosFault } from './chaos-fault.js';

const CONSUMER_POINTS = ['before-copy', 'after-copy', 'before-commit', 'after-commit', 'after-ack'] as const;
const PRODUCER_POINTS = ['mid-pack', 'after-xadd'] as const;
/** A failpoint that is not reached by then is taken away: the service is killed. */
const FAILPOINT_DEADLINE_MS = 8_000;

/** Restarts the service so that it kills itself at a point, and waits until it has. */
async function killAt(service: ServiceProcess, point: string, { dice }: ChaosContext): Promise<void> {
  await service.killAndStart({ FAILPOINT: `${point}:${dice.between(1, 5)}` });
  const deaths = service.ends.length;
  for (const deadline = Date.now() + FAILPOINT_DEADLINE_MS; service.ends.length === deaths && Date.now() < deadline;) await pause(20);
  if (service.ends.length === deaths) await service.kill();
}

/** Longer than the lease of the system's consumers: somebody else has the partitions when it wakes. */
const FROZEN_MS = 4_000;

const freeze = async (service: ServiceProcess, ms: number): Promise<void> => {
  service.freeze();
  await pause(ms);
  service.thaw();
};

export const PROCESS_FAULTS: readonly ChaosFault[] = [
  { name: 'consumer killed', scenarios: '1–4', weight: 8, strike: ({ system, dice }) => dice.pick(system.consumers).kill() },
  {
    name: 'consumer killed at a failpoint',
    scenarios: '1–4',
    weight: 5,
    strike: (context) => killAt(context.dice.pick(context.system.consumers), context.dice.pick(CONSUMER_POINTS), context),
  },
  { name: 'producer killed', scenarios: '6', weight: 2, strike: ({ system }) => system.producer.kill() },
  {
    name: 'producer killed at a failpoint',
    scenarios: '6, 7',
    weight: 2,
    strike: (context) => killAt(context.system.producer, context.dice.pick(PRODUCER_POINTS), context),
  },
  { name: 'gateway killed', scenarios: '35', weight: 1, strike: ({ system }) => system.gateway.kill() },
  {
    name: 'consumer frozen past its lease',
    scenarios: '17',
    weight: 2,
    strike: ({ system, dice }) => freeze(dice.pick(system.consumers), FROZEN_MS),
  },
  {
    name: 'consumer frozen for a moment',
    scenarios: '17',
    weight: 2,
    strike: ({ system, dice }) => freeze(dice.pick(system.consumers), dice.between(100, 1_500)),
  },
  {
    name: 'consumer restarted in order',
    scenarios: '19, 20',
    weight: 3,
    strike: ({ system, dice }) => dice.pick(system.consumers).restart(),
  },
  {
    name: 'consumer away while another works',
    scenarios: '18, 19',
    weight: 2,
    strike: async ({ system, dice }) => {
      const leaver = dice.pick(system.consumers);
      await leaver.stop();
      await pause(dice.between(500, 3_000));
      leaver.start();
    },
  },
];
