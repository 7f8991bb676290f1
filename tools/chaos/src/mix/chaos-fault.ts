import type { Dice } from '../dice.js';
import type { PipelineSystem } from '../system/pipeline-system.js';

/** What a fault may touch. */
export interface ChaosContext {
  system: PipelineSystem;
  dice: Dice;
  /** Garbage entries put into the stream: tried, and known to be in it. */
  garbage: { tried: number; taken: number };
}

/** One thing that goes wrong, made from outside. */
export interface ChaosFault {
  name: string;
  /** Numbers of the fault matrix it belongs to. */
  scenarios: string;
  /** How often it is drawn, relative to the others. */
  weight: number;
  /** Does it. Resolves, within seconds, when the cause is gone; the system may still be recovering. */
  strike(context: ChaosContext): Promise<void>;
}
