import { COMMIT_CHANNEL, commitNoticeSchema, STATUS_CHANNEL, stageStatusSchema } from '@analytics/events';
import { NoticeSubscriber } from '@analytics/redis-streams';
import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { StageStatuses } from '../pipeline/stage-statuses.service.js';
import { LiveFeed } from './live-feed.js';
import { NewestEvents } from './newest-events.service.js';

/** Hears what was committed and how the other processes are, and tells those whom it concerns. */
@Injectable()
export class NoticeListener implements OnModuleInit, OnModuleDestroy {
  constructor(
    private readonly notices: NoticeSubscriber,
    private readonly feed: LiveFeed,
    private readonly newest: NewestEvents,
    private readonly statuses: StageStatuses,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.notices.subscribe(COMMIT_CHANNEL, (json) => commitNoticeSchema.parse(json), (notice) => {
      this.newest.observe(notice);
      this.feed.changed(notice.projects);
    });
    await this.notices.subscribe(STATUS_CHANNEL, (json) => stageStatusSchema.parse(json), (status) => this.statuses.observe(status));
  }

  async onModuleDestroy(): Promise<void> {
    await this.notices.close();
  }
}
