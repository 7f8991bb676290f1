import type { DeadLetterDto, DeadLettersDto, DeadLettersQueryDto } from '@analytics/dto';
import type { StoredDeadLetter } from '@analytics/timescale';
import { Injectable, NotFoundException } from '@nestjs/common';
import { StoredData } from '../stored-data.service.js';

/** A dead letter's payload may be a megabyte; lists show its first characters. A multiple of four, so that cut base64 can be read. */
const PAYLOAD_SHOWN = 4_096;

/** What could not be stored, and what became of it. */
@Injectable()
export class DeadLetters {
  constructor(private readonly stored: StoredData) {}

  /** The letters asked for, and how all of the project and state divide among reasons. */
  async read({ project, state, reason, limit, before }: DeadLettersQueryDto, now: number): Promise<DeadLettersDto> {
    const { deadLetters } = this.stored;
    const all = { projectId: project, state };
    const [rows, byReason, total] = await Promise.all([
      deadLetters.list({ ...all, reason, limit, before }),
      deadLetters.countByReason(all),
      deadLetters.count(all),
    ]);
    return { asOf: new Date(now).toISOString(), total, byReason, rows: rows.map(shortened) };
  }

  /** The newest of all projects. */
  async newest(limit: number): Promise<DeadLetterDto[]> {
    return (await this.stored.deadLetters.list({ limit })).map(shortened);
  }

  /**
   * One letter with its whole payload.
   * @param project the only project whose letters may be seen; `null`: all.
   * @throws {NotFoundException} when there is none of this id to be seen.
   */
  async get(id: number, project: string | null): Promise<DeadLetterDto> {
    const letter = await this.stored.deadLetters.get(id, project);
    if (!letter) throw new NotFoundException([`dead letter ${id} does not exist`]);
    return { ...letter, payloadComplete: true };
  }
}

const shortened = (letter: StoredDeadLetter): DeadLetterDto => ({
  ...letter,
  payload: letter.payload.slice(0, PAYLOAD_SHOWN),
  payloadComplete: letter.payload.length <= PAYLOAD_SHOWN,
});
