import type { Pool, PoolClient } from 'pg';
import { COMPACTED_FIELDS } from '../compaction/compacted-fields.js';
import { inTransaction } from '../postgres-pool.js';
import { JourneyUnansweredError } from '../segments/follow-segments.js';
import { obstacleOfQuestion, type JourneyKind, type JourneyQuestion, type Journeys } from '../segments/journey-question.js';
import type { JourneyFollower } from '../segments/journey-threads.js';
import { STATEMENT_TIMEOUT, sqlStateOf } from '../sqlstate.js';
import { readFunnel, type FunnelQuestion, type FunnelStep } from './funnel.js';
import { SNAPSHOT } from './metrics.reader.js';
import { readPaths, type Paths, type PathsQuestion } from './paths.js';
import { eventsOnly, fromSegments, type Answered } from './query-plan.js';
import { readRetention, type Cohort, type RetentionQuestion } from './retention.js';

/**
 * Follows users and sessions through time: over the segments of compacted quarters where these have the fields that a question names, else
 * over the events; both say the same, exactly. The answer tells which and why.
 */
export class JourneysReader {
  /**
   * @param pool of the reader's role.
   * @param follower default: the events are asked.
   */
  constructor(
    private readonly pool: Pool,
    private readonly follower?: JourneyFollower,
  ) {}

  /** @throws what {@link JourneyFollower.follow} throws; as the others do. */
  funnel(question: FunnelQuestion, signal?: AbortSignal): Promise<Answered<FunnelStep[]>> {
    return this.answer({ kind: 'funnel', question }, (client) => readFunnel(client, question), signal);
  }

  retention(question: RetentionQuestion, signal?: AbortSignal): Promise<Answered<Cohort[]>> {
    return this.answer({ kind: 'retention', question }, (client) => readRetention(client, question), signal);
  }

  paths(question: PathsQuestion, signal?: AbortSignal): Promise<Answered<Paths>> {
    return this.answer({ kind: 'paths', question }, (client) => readPaths(client, question), signal);
  }

  private async answer<K extends JourneyKind>(
    asked: JourneyQuestion & { kind: K },
    readEvents: (client: PoolClient) => Promise<Journeys[K]['answer']>,
    signal: AbortSignal | undefined,
  ): Promise<Answered<Journeys[K]['answer']>> {
    let reason = this.follower ? obstacleOfQuestion(asked) : 'the events were asked for';
    if (this.follower && reason === undefined) {
      const followed = await this.follower.follow(asked, signal);
      // The answer to a question is of its kind, also after its way between threads.
      if (followed.obstacle === undefined) return fromSegments(followed.answer as Journeys[K]['answer'], followed);
      reason = followed.obstacle;
    }
    try {
      return eventsOnly(await this.read(readEvents), [], reason!);
    } catch (error) {
      if (sqlStateOf(error) !== STATEMENT_TIMEOUT) throw error;
      throw new JourneyUnansweredError(
        `this takes longer from the events than a statement may (${reason}); ask for a shorter range, or filter by nothing but ${COMPACTED_FIELDS.join(', ')}`,
        { cause: error },
      );
    }
  }

  private read<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    return inTransaction(this.pool, SNAPSHOT, async (client) => {
      // These sort all events of the question; the default of 4 MB would have them on disk.
      await client.query(`SET LOCAL work_mem = '64MB'`);
      return work(client);
    });
  }
}
