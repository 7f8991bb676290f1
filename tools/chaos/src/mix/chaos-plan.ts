import type { Dice } from '../dice.js';
import type { ChaosFault } from './chaos-fault.js';
import { CONNECTION_FAULTS } from './connection-faults.js';
import { PROCESS_FAULTS } from './process-faults.js';
import { SERVER_FAULTS } from './server-faults.js';

export const FAULTS: readonly ChaosFault[] = [...PROCESS_FAULTS, ...CONNECTION_FAULTS, ...SERVER_FAULTS];

/** A fault, and how long to wait before it, ms. */
export interface Step {
  afterMs: number;
  fault: ChaosFault;
}

/** Faults by their weights, for ever: the caller ends it. */
export function* randomPlan(dice: Dice): Generator<Step> {
  const lots = FAULTS.flatMap((fault) => new Array<ChaosFault>(fault.weight).fill(fault));
  for (;;) yield { afterMs: dice.between(200, 2_000), fault: dice.pick(lots) };
}

/** What the drill does, and how often. */
const DRILL: Readonly<Record<string, number>> = {
  'consumer killed': 50,
  'Redis killed': 5,
  'PostgreSQL killed': 5,
  'connections reset': 5,
  'cables cut': 5,
  'consumer frozen past its lease': 1,
};

/** The drill: a fixed number of kills in an order of the dice. */
export function drillPlan(dice: Dice): Step[] {
  const faults = Object.entries(DRILL).flatMap(([name, times]) => {
    const fault = FAULTS.find((candidate) => candidate.name === name);
    if (!fault) throw new Error(`the drill names "${name}", and there is no such fault`);
    return new Array<ChaosFault>(times).fill(fault);
  });
  return dice.shuffle(faults).map((fault) => ({ afterMs: dice.between(200, 1_500), fault }));
}
