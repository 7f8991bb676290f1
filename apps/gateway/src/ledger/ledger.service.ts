import { MAX_LEDGER_DAYS, type LedgerCountsDto, type LedgerDto, type LedgerMinuteDto, type LedgerQueryDto } from '@analytics/dto';
import type { LedgerCounts, Ledger as StoredLedger, TimeRange } from '@analytics/timescale';
import { Injectable } from '@nestjs/common';
import { StageStatuses } from '../pipeline/stage-statuses.service.js';
import { checkLength, resolveRange, wholeMinutes } from '../queries/time-range.js';
import { StoredData } from '../stored-data.service.js';
import { balanceLedger } from './ledger-balance.js';
import { StandingGaps } from './standing-gaps.js';

/** The ledger of a project: the counts from the database, what is in flight from the consumers' reports, and what is left over. */
@Injectable()
export class Ledger {
  private readonly gaps = new StandingGaps();
  /** When the counts could not be read the last time, ms since 1970. */
  private unreadableAt = 0;

  constructor(
    private readonly stored: StoredData,
    private readonly statuses: StageStatuses,
  ) {}

  /** @throws {BadRequestException} when the range makes no sense or is too long. */
  async read({ project, ...range }: LedgerQueryDto, now: number): Promise<LedgerDto> {
    const { from, to } = wholeMinutes(resolveRange(range, now));
    checkLength({ from, to }, MAX_LEDGER_DAYS);
    // Before the counts are read: what leaves the stream in between must not be looked for in vain.
    const { inFlight, complete, oldest, known } = this.statuses.inFlight(project, now);
    const { minutes, totals } = await this.readCounts(project, { from, to }, now);
    const counted = known && { since: Math.max(known.since, this.unreadableAt), until: known.until };
    const gaps = this.gaps.look(JSON.stringify([project, range]), minutes, now, counted);
    const { minutes: balanced, unsettled } = balanceLedger(minutes, { gaps, inFlight: complete ? inFlight : Infinity, oldest });
    return {
      asOf: new Date(now).toISOString(),
      from: from.toISOString(),
      to: to.toISOString(),
      settledUntil: known ? new Date(unsettled ?? to).toISOString() : null,
      truncated: !complete,
      totals: { ...toTotals(totals, balanced), inFlight },
      minutes: balanced,
    };
  }

  private async readCounts(projectId: string, range: TimeRange, now: number): Promise<StoredLedger> {
    try {
      return await this.stored.ledger.read({ projectId, ...range });
    } catch (error) {
      // While the database is away nothing is counted, so no gap has stood still in the meantime.
      this.unreadableAt = now;
      throw error;
    }
  }
}

function toTotals({ accepted, stored, duplicate, dead, replayed }: LedgerCounts, minutes: readonly LedgerMinuteDto[]): LedgerCountsDto {
  const missing = minutes.reduce((sum, minute) => sum + minute.missing, 0);
  const surplus = minutes.reduce((sum, minute) => sum + minute.surplus, 0);
  return { accepted, stored, duplicate, dead, replayed, missing, surplus, residue: missing + surplus };
}
