import { z } from 'zod';

const DAY_MS = 86_400_000;

/** What `PATCH /v1/traffic` may change. What is absent stays as it is. */
export const trafficChangeSchema = z.strictObject({
  /** The base rate, before day curve and bursts. */
  eventsPerSecond: z.number().min(0).max(1_000_000).optional(),
  paused: z.boolean().optional(),
  /** The recurring bursts; the first comes `everyMs` after the change. `null` ends them. */
  burst: z
    .strictObject({
      multiplier: z.number().min(1).max(1000),
      everyMs: z.int().min(1000).max(DAY_MS),
      durationMs: z.int().min(1).max(DAY_MS),
    })
    .partial()
    .nullable()
    .optional(),
  /** One burst at once, as long and strong as a recurring one. */
  burstNow: z.literal(true).optional(),
});

export type TrafficChange = z.infer<typeof trafficChangeSchema>;
