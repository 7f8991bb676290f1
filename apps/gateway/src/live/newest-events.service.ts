import type { CommitNotice } from '@analytics/events';
import { Injectable } from '@nestjs/common';
import { StoredData } from '../stored-data.service.js';

/** When the newest stored event of each project was accepted, for the pulse. */
@Injectable()
export class NewestEvents {
  private readonly byProject = new Map<string, number>();

  constructor(private readonly stored: StoredData) {}

  observe(notice: CommitNotice): void {
    for (const { projectId, newestReceivedAt } of notice.projects) this.advance(projectId, newestReceivedAt);
  }

  /** Asks the database: for the first value, and to cover lost notices. */
  async refresh(): Promise<void> {
    const { newest } = await this.stored.pipeline.read();
    for (const { projectId, receivedAt } of newest) this.advance(projectId, Date.parse(receivedAt));
  }

  /** Milliseconds since 1970 by project. */
  read(): Record<string, number> {
    return Object.fromEntries(this.byProject);
  }

  private advance(projectId: string, receivedAt: number): void {
    if (receivedAt > (this.byProject.get(projectId) ?? 0)) this.byProject.set(projectId, receivedAt);
  }
}
