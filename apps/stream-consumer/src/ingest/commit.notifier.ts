import { COMMIT_CHANNEL, type CommitNotice, type IngestedEvent } from '@analytics/events';
import type { NoticePublisher } from '@analytics/redis-streams';

type ProjectChange = CommitNotice['projects'][number];

/**
 * Tells after a commit what it changed, so that gateways read it again, and how far the partition is, so that collectors can answer
 * `ack=stored`. A lost notice costs a refresh or a time-out, so it is never waited for.
 */
export class CommitNotifier {
  constructor(private readonly publisher: NoticePublisher) {}

  notify(partition: number, lastId: string, committedAt: number, events: readonly IngestedEvent[]): void {
    const notice: CommitNotice = { partition, lastId, committedAt, projects: summarize(events) };
    void this.publisher.publish(COMMIT_CHANNEL, notice);
  }
}

function summarize(events: readonly IngestedEvent[]): ProjectChange[] {
  const projects = new Map<string, ProjectChange & { types: Set<string>; newestText: string }>();
  for (const event of events) {
    let change = projects.get(event.project_id);
    if (!change) {
      change = { projectId: event.project_id, eventTypes: [], events: 0, from: Infinity, to: -Infinity, newestReceivedAt: 0, types: new Set(), newestText: '' };
      projects.set(event.project_id, change);
    }
    const happened = Date.parse(event.timestamp);
    change.events++;
    change.types.add(event.event_type);
    change.from = Math.min(change.from, happened);
    change.to = Math.max(change.to, happened);
    // The collector writes it in one form (UTC, milliseconds), so text order is time order and only the last is parsed.
    if (event.received_at > change.newestText) change.newestText = event.received_at;
  }
  return [...projects.values()].map(({ types, newestText, ...change }) => ({
    ...change,
    eventTypes: [...types],
    newestReceivedAt: Date.parse(newestText),
  }));
}
