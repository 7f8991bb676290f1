import { parseIngestedEvent, type CommitNotice, type IngestedEvent } from '@analytics/events';
import { DeadLetterStore } from '@analytics/timescale';
import { Controller, HttpCode, Param, ParseIntPipe, Post } from '@nestjs/common';
import { CommitNotifier } from '../ingest/commit.notifier.js';

interface ActionAnswer {
  result: 'replayed' | 'discarded' | 'already' | 'invalid' | 'missing';
  reason?: string;
}

/**
 * What a person may do about a dead letter. It is here, and not in the gateway, because only this service may write events.
 * Both actions are safe to repeat and to press twice at once: the letter's state decides, in the transaction of the action.
 */
@Controller('dead-letters')
export class DeadLetterController {
  constructor(
    private readonly letters: DeadLetterStore,
    private readonly notifier: CommitNotifier,
  ) {}

  /** Validates the letter again and stores it as the event that it is, under the id that it has. */
  @Post(':id/replay')
  @HttpCode(200)
  async replay(@Param('id', ParseIntPipe) id: number): Promise<ActionAnswer> {
    const result = await this.letters.replay(id, readEvent);
    if (result.kind === 'invalid') return { result: 'invalid', reason: result.reason };
    if (result.kind === 'already') return { result: 'already', reason: `it was ${result.state} before` };
    if (result.kind === 'replayed') this.notifier.notify({ partition: 0, lastId: '0-0', committedAt: Date.now(), projects: [changeOf(result.event)] });
    return { result: result.kind };
  }

  @Post(':id/discard')
  @HttpCode(200)
  async discard(@Param('id', ParseIntPipe) id: number): Promise<ActionAnswer> {
    return { result: await this.letters.discard(id) };
  }
}

const changeOf = ({ project_id, event_type, timestamp, received_at }: IngestedEvent): CommitNotice['projects'][number] => ({
  projectId: project_id,
  eventTypes: [event_type],
  events: 1,
  from: Date.parse(timestamp),
  to: Date.parse(timestamp),
  newestReceivedAt: Date.parse(received_at),
});

/** @returns the event, or why the payload still is none. */
function readEvent(payload: Buffer): IngestedEvent | string {
  let value: unknown;
  try {
    value = JSON.parse(payload.toString());
  } catch (error) {
    return `the payload is not JSON: ${String(error)}`;
  }
  if (Array.isArray(value)) return 'the payload is a whole stream entry that was no pack of events; there is no event in it to store';
  const parsed = parseIngestedEvent(value);
  return parsed.ok ? parsed.event : parsed.issues.map(({ path, message }) => `${path}: ${message}`).join('; ');
}
