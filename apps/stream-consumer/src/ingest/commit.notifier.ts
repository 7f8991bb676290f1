import { COMMIT_CHANNEL, type CommitNotice } from '@analytics/events';
import type { NoticePublisher } from '@analytics/redis-streams';

/**
 * Tells after a commit what it changed, so that gateways read it again, and how far the partition is, so that collectors can answer
 * `ack=stored`. A lost notice costs a refresh or a time-out, so it is never waited for.
 */
export class CommitNotifier {
  constructor(private readonly publisher: NoticePublisher) {}

  notify(notice: CommitNotice): void {
    void this.publisher.publish(COMMIT_CHANNEL, notice);
  }
}
