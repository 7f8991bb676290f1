import { COMMIT_CHANNEL, type CommitNotice } from '@analytics/events';
import { NoticeSubscriber } from '@analytics/redis-streams';
import { eventually, freshRedis } from '@analytics/testing';
import { Redis } from 'ioredis';
import { LagReports } from './lag.reports.js';

const commitOf = (waitedMs: number, partition = 0): CommitNotice => {
  const [now, waited] = [Date.now(), Date.now() - waitedMs];
  const project = { projectId: 'demo', eventTypes: ['page_view'], events: 1, from: waited, to: waited, newestReceivedAt: waited };
  return { partition, lastId: `${waited}-0`, committedAt: now, projects: [project] };
};

describe('how long events wait to be stored', () => {
  let redis: Redis;
  let reports: LagReports;

  beforeEach(async () => {
    const url = await freshRedis();
    redis = new Redis(url);
    reports = new LagReports(new NoticeSubscriber(url));
    await reports.start();
  });
  afterEach(async () => {
    await reports.stop();
    await redis.quit();
  });

  it('is what the slowest partition’s last commit says, and nothing when none is heard of any more', async () => {
    expect(reports.storingMs).toBe(0);
    for (const notice of [commitOf(9000, 1), commitOf(5000, 0), commitOf(700, 1)]) await redis.publish(COMMIT_CHANNEL, JSON.stringify(notice));
    await eventually(() => expect(Math.round(reports.storingMs / 1000)).toBe(5));
    await eventually(() => expect(reports.storingMs).toBe(0));
  });
});
