import { z } from 'zod';

/**
 * Told by the consumer after a commit: what changed, not the data. Readers that show any of it read it again.
 * A lost notice costs one refresh, never a wrong number.
 */
export const commitNoticeSchema = z.object({
  partition: z.int().nonnegative(),
  /** Id of the last stream entry that is now stored. */
  lastId: z.string(),
  /** When the transaction was committed, ms since 1970. */
  committedAt: z.number(),
  projects: z.array(
    z.object({
      projectId: z.string(),
      eventTypes: z.array(z.string()),
      events: z.int(),
      /** Earliest and latest `timestamp` among the stored events, ms since 1970. */
      from: z.number(),
      to: z.number(),
      /** The same more closely: stretches of whole minutes, end excluded, that hold all of them, oldest first. Absent: from `from` to `to`. */
      stretches: z.array(z.tuple([z.number(), z.number()])).optional(),
      /** Latest `received_at` among them, ms since 1970. */
      newestReceivedAt: z.number(),
      /** `timestamp` of that event, ms since 1970. */
      newestCreatedAt: z.number().optional(),
    }),
  ),
});

export type CommitNotice = z.infer<typeof commitNoticeSchema>;
