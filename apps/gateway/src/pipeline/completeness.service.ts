import { Injectable } from '@nestjs/common';
import { StageStatuses } from './stage-statuses.service.js';

/** How far what is stored reaches. */
export interface StoredThrough {
  /** Nothing that was accepted before this is missing from what is stored, ISO 8601; null: not known. */
  completeThrough: string | null;
  /** The project's events that are accepted and not yet stored; null: not known. */
  inFlight: number | null;
}

/** What an answer may say of its completeness, from the last words of the consumers. */
@Injectable()
export class Completeness {
  constructor(private readonly statuses: StageStatuses) {}

  /** To be asked before the events are read. @param now ms since 1970. */
  of(project: string, now: number): StoredThrough {
    const { storedThrough, complete, inFlight } = this.statuses.inFlight(project, now);
    return {
      completeThrough: Number.isFinite(storedThrough) ? new Date(storedThrough).toISOString() : null,
      inFlight: complete ? inFlight : null,
    };
  }
}
