import { setTimeout as pause } from 'node:timers/promises';
import type { TcpProxy } from '../system/tcp-proxy.js';
import type { ChaosContext, ChaosFault } from './chaos-fault.js';

/** What has not been asked by then is not waited for. */
const ANSWER_DEADLINE_MS = 3_000;

async function loseAnswer(proxy: TcpProxy, text: string): Promise<void> {
  const { happened, cancel } = proxy.loseAnswerTo(text);
  await Promise.race([happened, pause(ANSWER_DEADLINE_MS, undefined, { ref: false })]);
  cancel();
}

const anyRelay = ({ system, dice }: ChaosContext): TcpProxy => dice.pick<TcpProxy>(Object.values(system.relays));

export const CONNECTION_FAULTS: readonly ChaosFault[] = [
  {
    name: 'answer to COMMIT lost',
    scenarios: '5',
    weight: 3,
    strike: ({ system }) => loseAnswer(system.relays.consumerPostgres, 'COMMIT'),
  },
  {
    name: 'answer to the append lost',
    scenarios: '7',
    weight: 3,
    strike: ({ system }) => loseAnswer(system.relays.producerRedis, 'analytics_events:{'),
  },
  {
    name: 'answer to a read lost',
    scenarios: '22',
    weight: 2,
    strike: ({ system }) => loseAnswer(system.relays.consumerRedis, 'xreadgroup'),
  },
  { name: 'connections reset', scenarios: '15, 21', weight: 3, strike: async (context) => anyRelay(context).reset() },
  { name: 'cables cut', scenarios: '21', weight: 2, strike: async (context) => anyRelay(context).cutCables() },
  { name: 'answers lost for good', scenarios: '21', weight: 1, strike: async (context) => anyRelay(context).loseAnswers() },
  {
    name: 'connections refused for a while',
    scenarios: '8, 13',
    weight: 2,
    strike: async (context) => {
      const relay = anyRelay(context);
      relay.refuse(true);
      await pause(context.dice.between(200, 3_000));
      relay.refuse(false);
    },
  },
  {
    name: 'everything 50 ms later',
    scenarios: '33',
    weight: 1,
    strike: async (context) => {
      const relay = anyRelay(context);
      relay.delay(50);
      await pause(context.dice.between(1_000, 3_000));
      relay.delay(0);
    },
  },
];
