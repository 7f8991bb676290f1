import { createHash } from 'node:crypto';
import type { EventSetDto } from '@analytics/dto';
import type { EventPlace, TimeRange } from '@analytics/timescale';
import { refusal } from './refusal.js';

/** Where a page ended, and the range that all pages are of. */
export interface EventCursor {
  range: TimeRange;
  place: EventPlace;
}

const HASH_BYTES = 8;
const TIME_BYTES = 8;
const ID_BYTES = 16;
const LENGTH = HASH_BYTES + 3 * TIME_BYTES + ID_BYTES;

/** Milliseconds that JavaScript's dates can hold. */
const FARTHEST_MS = 8.64e15;

/**
 * Opaque to clients: a hash of the question, the range, and the place in it. It is not signed: all it can ask for is another range,
 * which a client may ask for anyway.
 * @param route tells questions of equal parameters apart.
 */
export function writeCursor(route: string, params: EventSetDto, { range, place }: EventCursor): string {
  const times = Buffer.alloc(3 * TIME_BYTES);
  [range.from, range.to, place.time].forEach((time, index) => times.writeBigInt64BE(BigInt(time.getTime()), index * TIME_BYTES));
  return Buffer.concat([hashOf(route, params), times, Buffer.from(place.eventId.replaceAll('-', ''), 'hex')]).toString('base64url');
}

/** @throws {BadRequestException} for a cursor that is none, or is one of another question. */
export function readCursor(route: string, params: EventSetDto, cursor: string): EventCursor {
  const bytes = Buffer.from(cursor, 'base64url');
  const times = bytes.length === LENGTH ? [0, 1, 2].map((index) => Number(bytes.readBigInt64BE(HASH_BYTES + index * TIME_BYTES))) : [];
  const [from, to, time] = times as [number, number, number];
  if (times.length === 0 || times.some((ms) => Math.abs(ms) > FARTHEST_MS) || from < 0 || from >= to) refuse(cursor, 'is not the nextCursor of an answer');
  if (!hashOf(route, params).equals(bytes.subarray(0, HASH_BYTES))) refuse(cursor, 'belongs to another question; repeat the parameters of its page');
  return { range: { from: new Date(from), to: new Date(to) }, place: { time: new Date(time), eventId: uuidOf(bytes.subarray(-ID_BYTES)) } };
}

function refuse(cursor: string, reason: string): never {
  throw refusal({ field: 'cursor', value: cursor, message: `cursor ${reason}, or leave it out for the first page` });
}

/** Of what was asked and not of what it meant: `24h` means another range with every minute. */
function hashOf(route: string, { project, from, to, period, timeZone, filters }: EventSetDto): Buffer {
  const question = JSON.stringify([route, project, from, to, period, timeZone, filters]);
  return createHash('sha256').update(question).digest().subarray(0, HASH_BYTES);
}

const uuidOf = (bytes: Buffer): string => bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
