import { ApiProperty } from '@nestjs/swagger';

/** What became of the events that were accepted in a time. Each number is counted where the thing happens, none from another. */
export class LedgerCountsDto {
  @ApiProperty({ description: 'Accepted: counted in Redis, in one step with the entry that holds them', example: 100_341 }) accepted!: number;
  @ApiProperty({ description: 'Stored: counted in the transaction that stored them', example: 100_325 }) stored!: number;
  @ApiProperty({ description: 'Not stored, since the same event was stored before', example: 4 }) duplicate!: number;
  @ApiProperty({ description: 'Became dead letters, those replayed or discarded later included', example: 3 }) dead!: number;
  @ApiProperty({ description: 'Dead letters that were stored later; not part of `stored`', example: 1 }) replayed!: number;
  @ApiProperty({ description: 'Accepted, and in none of the other places: lost', example: 0 }) missing!: number;
  @ApiProperty({ description: 'Counted more often than accepted: doubled', example: 0 }) surplus!: number;
  @ApiProperty({ description: '`missing` and `surplus` together: 0, or something is wrong', example: 0 }) residue!: number;
}

export class LedgerTotalsDto extends LedgerCountsDto {
  @ApiProperty({ description: 'In the stream and not yet stored, now, whenever it was accepted; at most a second old', example: 9 })
  inFlight!: number;
}

export class LedgerMinuteDto extends LedgerCountsDto {
  @ApiProperty({ description: 'Start of the minute in which the events were accepted', example: '2026-01-31T11:59:00.000Z' }) minute!: string;
}

/**
 * accepted = stored + duplicate + dead + in flight, and the residue that is left over.
 *
 * The counts are of slightly different moments (accepted ones are copied once a second), so a minute's difference is residue only
 * after it has stood still for 6 s, as far as what is in flight does not explain it. A healthy system shows 0 at any speed; a lost or
 * doubled event shows within 10 s after the last event of its minute.
 */
export class LedgerDto {
  @ApiProperty({ example: '2026-01-31T12:00:00.000Z' }) asOf!: string;
  @ApiProperty({ description: 'A whole minute', example: '2026-01-31T11:00:00.000Z' }) from!: string;
  @ApiProperty({ description: 'A whole minute; the last one may not be finished', example: '2026-01-31T12:00:00.000Z' }) to!: string;
  @ApiProperty({
    type: String,
    nullable: true,
    description:
      'The residue of every minute before this one is final. `to`: all counts agree or are final. ' +
      'null: nothing is, since no consumer has reported yet',
    example: '2026-01-31T11:59:00.000Z',
  })
  settledUntil!: string | null;
  @ApiProperty({
    description: 'More may be in flight than is known (a partition has no consumer, or a great backlog): nothing is called missing meanwhile',
    example: false,
  })
  truncated!: boolean;
  @ApiProperty({ type: LedgerTotalsDto }) totals!: LedgerTotalsDto;
  @ApiProperty({ type: [LedgerMinuteDto], description: 'Minutes in which anything was accepted or counted, oldest first' })
  minutes!: LedgerMinuteDto[];
}
