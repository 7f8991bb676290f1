import { COMMIT_CHANNEL, commitNoticeSchema, STATUS_CHANNEL, stageStatusSchema, type CommitNotice } from '@analytics/events';
import { NoticeSubscriber } from '@analytics/redis-streams';
import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { StageStatuses } from '../pipeline/stage-statuses.service.js';
import { LiveFeed } from './live-feed.js';
import type { Change } from './live-query.js';
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
      this.feed.changed(changesOf(notice));
    });
    await this.notices.subscribe(STATUS_CHANNEL, (json) => stageStatusSchema.parse(json), (status) => this.statuses.observe(status));
  }

  async onModuleDestroy(): Promise<void> {
    await this.notices.close();
  }
}

/** What comes later was kept by a client that was offline; it says nothing about the way. */
const ON_TIME_MS = 60_000;

const changesOf = ({ committedAt, projects }: CommitNotice): Change[] =>
  projects.map(({ projectId, eventTypes, from, to, stretches, newestReceivedAt, newestCreatedAt }) => {
    const onTime = newestCreatedAt !== undefined && newestReceivedAt - newestCreatedAt <= ON_TIME_MS;
    // A consumer of an older version tells only the ends.
    const news = { storedAt: committedAt, createdAt: onTime ? newestCreatedAt : null };
    return { projectId, eventTypes, stretches: stretches ?? [[from, to + 1]], news };
  });
