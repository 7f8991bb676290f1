import { COMMIT_CHANNEL, commitNoticeSchema, STATUS_CHANNEL, stageStatusSchema, type CommitNotice, type StageStatus } from '@analytics/events';
import type { NoticeSubscriber } from '@analytics/redis-streams';

/** A report counts for this long, ms: consumers report each second, and a frozen one says nothing. */
const VALID_MS = 5000;
/** A commit tells of the present for this long, ms: busy consumers commit many times a second. */
const COMMIT_VALID_MS = 1000;
/** In other states the lag was not measured, or is another owner's matter. */
const OWNING_STATES = new Set(['reading', 'handling']);

/** How far behind each partition is, as the consumers that own them say once a second, and as their commits show in between. */
export class LagReports {
  private readonly reports = new Map<number, { timeLagMs: number; heardAt: number }>();
  private readonly commits = new Map<number, { storingMs: number; heardAt: number }>();

  constructor(private readonly notices: NoticeSubscriber) {}

  /** Begins to listen. Never rejects: while Redis is away there are no reports. */
  async start(): Promise<void> {
    await this.notices.subscribe(
      STATUS_CHANNEL,
      (json) => stageStatusSchema.parse(json),
      (status) => this.hear(status),
    );
    await this.notices.subscribe(
      COMMIT_CHANNEL,
      (json) => commitNoticeSchema.parse(json),
      (notice) => this.hearCommit(notice),
    );
  }

  stop(): Promise<void> {
    return this.notices.close();
  }

  /** Age of the first entry that is not committed, ms; undefined when no owner has said it in the last 5 s. */
  timeLagMs(partition: number): number | undefined {
    const report = this.reports.get(partition);
    return report && performance.now() - report.heardAt <= VALID_MS ? report.timeLagMs : undefined;
  }

  /** How long the newest event of a commit had waited since it was received, ms, in the slowest partition; 0 when nothing is being stored. */
  get storingMs(): number {
    const now = performance.now();
    return Math.max(0, ...[...this.commits.values()].map(({ storingMs, heardAt }) => (now - heardAt <= COMMIT_VALID_MS ? storingMs : 0)));
  }

  private hearCommit({ partition, projects }: CommitNotice): void {
    if (projects.length === 0) return;
    const newest = Math.max(...projects.map(({ newestReceivedAt }) => newestReceivedAt));
    this.commits.set(partition, { storingMs: Date.now() - newest, heardAt: performance.now() });
  }

  private hear(status: StageStatus): void {
    if (status.stage !== 'stream-consumer') return;
    const heardAt = performance.now();
    for (const { partition, state, timeLagMs } of status.partitions)
      if (OWNING_STATES.has(state)) this.reports.set(partition, { timeLagMs, heardAt });
  }
}
