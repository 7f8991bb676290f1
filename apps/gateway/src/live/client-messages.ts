import { LIVE_QUESTION_DTOS, LONGEST_PAINTED_MS, MOST_PAINTED_SAMPLES, type LiveQuestionName } from '@analytics/dto';
import { z } from 'zod';

const NAMES = Object.keys(LIVE_QUESTION_DTOS) as [LiveQuestionName, ...LiveQuestionName[]];
const ID = 'id must be a text of 1 to 64 characters';
const RESUME = 'resume must be the stream and number of a frame';
const SAMPLES = `samples must be 1 to ${MOST_PAINTED_SAMPLES}, each with times from 0 to ${LONGEST_PAINTED_MS} ms`;

const idSchema = z.string(ID).min(1, ID).max(64, ID);
const paintedMsSchema = z.number(SAMPLES).min(0, SAMPLES).max(LONGEST_PAINTED_MS, SAMPLES);

/** The outside of a `subscribe` message; its params are validated by the question's own DTO. */
export const subscribeMessageSchema = z.object(
  {
    id: idSchema,
    question: z.enum(NAMES, `question must be one of ${NAMES.join(', ')}`),
    params: z.record(z.string(), z.unknown(), 'params must be an object of parameters').default({}),
    resume: z.object({ stream: z.string(RESUME).min(1, RESUME).max(64, RESUME), number: z.int(RESUME).min(1, RESUME) }, RESUME).optional(),
  },
  'subscribe takes an object with id, question, params and resume',
);

export const unsubscribeMessageSchema = z.object({ id: idSchema });

export const paintedMessageSchema = z.object({
  samples: z
    .array(z.object({ sincePushed: paintedMsSchema, sinceCreated: paintedMsSchema.nullable() }, SAMPLES), SAMPLES)
    .min(1, SAMPLES)
    .max(MOST_PAINTED_SAMPLES, SAMPLES),
});
