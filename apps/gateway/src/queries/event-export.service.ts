import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ExportQuestionDto } from '@analytics/dto';
import type { ExportRows, ExportValue } from '@analytics/timescale';
import { HttpException, Inject, Injectable } from '@nestjs/common';
import { stringify } from 'csv-stringify';
import type { Response } from 'express';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';
import { MOST_EXPORTS, StoredData } from '../stored-data.service.js';
import { resolveEventSet, type ResolvedEventSet } from './event-set.js';
import { QueryAnswers } from './query-answers.service.js';
import { refusal } from './refusal.js';

const TOO_MANY = 429;
const MEDIA_TYPES = { csv: 'text/csv; charset=utf-8; header=present', ndjson: 'application/x-ndjson; charset=utf-8' } as const;

/** Streams the events of a set, of one snapshot, as fast as the client reads them. */
@Injectable()
export class EventExport {
  private running = 0;

  constructor(
    private readonly stored: StoredData,
    private readonly answers: QueryAnswers,
    @Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig,
  ) {}

  /**
   * Resolves when the client has it all. An export that fails on its way, or whose client takes nothing for long, ends with a broken
   * connection, never as a shorter file.
   * @throws {BadRequestException} when it is too large.
   * @throws {HttpException} 429 while as many as are allowed are running.
   */
  async send(params: ExportQuestionDto, response: Response): Promise<void> {
    await this.answers.requireProject(params.project);
    const set = resolveEventSet(params, Date.now());
    if (this.running >= MOST_EXPORTS) throw busy();
    this.running++;
    try {
      await this.stored.exports.export(set, params.columns, async (found) => {
        const most = this.config.EXPORT_MAX_ROWS;
        if (found.count > most) throw tooLarge(params, found.count, most);
        // A client that has gone to sleep would keep its connection to the database, and its place among those that are running.
        response.setTimeout(this.config.EXPORT_STALL_MS, () => response.destroy());
        response.set(headersOf(params, set, found.count));
        await pipeline(encoded(params, found), response);
      });
    } catch (error) {
      if (!response.headersSent) throw error;
      response.destroy();
    } finally {
      this.running--;
    }
  }
}

const busy = (): HttpException =>
  new HttpException([`${MOST_EXPORTS} exports are running already, and no more are allowed; try again when one of them has ended`], TOO_MANY);

function tooLarge({ from, period }: ExportQuestionDto, count: number, most: number): HttpException {
  const field = from == null ? 'period' : 'from';
  const message = `${field} covers ${count} events, and an export has at most ${most}; ask for a shorter range or add filters`;
  return refusal({ field, value: from ?? period, message });
}

function headersOf({ project, format }: ExportQuestionDto, { range }: ResolvedEventSet, count: number): Record<string, string> {
  // A project's id and an instant's digits: nothing in the name comes from outside unchecked.
  const name = [`events-${project}`, ...[range.from, range.to].map((at) => at.toISOString().replace(/[-:]|\.\d+/g, ''))].join('-');
  return {
    'content-type': MEDIA_TYPES[format],
    'content-disposition': `attachment; filename="${name}.${format}"`,
    'x-query-id': randomUUID(),
    'x-row-count': String(count),
  };
}

function encoded({ format, columns }: ExportQuestionDto, found: ExportRows): Readable {
  if (format === 'ndjson') return Readable.from(lines(columns, found.rows), { objectMode: true });
  // A spreadsheet takes a text that begins with = + - or @ for a formula; numbers stay as they are.
  const csv = stringify({ header: true, columns, escape_formulas: true, quoted_match: QUOTED, record_delimiter: 'windows', cast: { boolean: String } });
  const rows = Readable.from(found.rows);
  rows.once('error', (error) => csv.destroy(error));
  csv.once('close', () => rows.destroy());
  return rows.pipe(csv);
}

/** Empty text, which would look like a value that is absent, and lines within a text, whichever way they end. */
const QUOTED = /^$|[\r\n]/;

/** The last line says that the export is whole. No event's line has such a key. */
async function* lines(columns: readonly string[], rows: AsyncIterable<ExportValue[]>): AsyncGenerator<string> {
  let count = 0;
  let chunk = '';
  for await (const row of rows) {
    chunk += `${objectText(columns, row)}\n`;
    if (++count % ROWS_A_CHUNK === 0) {
      yield chunk;
      chunk = '';
    }
  }
  yield `${chunk}${JSON.stringify({ _manifest: { rows: count, complete: true } })}\n`;
}

const ROWS_A_CHUNK = 100;

const objectText = (columns: readonly string[], row: ExportValue[]): string =>
  JSON.stringify(Object.fromEntries(columns.map((column, index) => [column, row[index]])));
