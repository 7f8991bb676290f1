import { STATUS_CHANNEL, stageStatusSchema, type StageStatus } from '@analytics/events';
import type { NoticeSubscriber } from '@analytics/redis-streams';

/** A report counts for this long, ms: consumers report each second, and a frozen one says nothing. */
const VALID_MS = 5000;
/** In other states the lag was not measured, or is another owner's matter. */
const OWNING_STATES = new Set(['reading', 'handling']);

/** How far behind each partition is, as the consumers that own them say once a second. */
export class LagReports {
  private readonly reports = new Map<number, { timeLagMs: number; heardAt: number }>();

  constructor(private readonly notices: NoticeSubscriber) {}

  /** Begins to listen. Never rejects: while Redis is away there are no reports. */
  async start(): Promise<void> {
    await this.notices.subscribe(
      STATUS_CHANNEL,
      (json) => stageStatusSchema.parse(json),
      (status) => this.hear(status),
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

  private hear(status: StageStatus): void {
    if (status.stage !== 'stream-consumer') return;
    const heardAt = performance.now();
    for (const { partition, state, timeLagMs } of status.partitions)
      if (OWNING_STATES.has(state)) this.reports.set(partition, { timeLagMs, heardAt });
  }
}
