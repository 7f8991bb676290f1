import type { PipelineDto, QuantilesDto } from '@analytics/dto';
import { duration } from '../ui/format.js';

/** The way between two moments of an event. */
export interface Hop {
  from: string;
  to: string;
  /** What lies between, in words. */
  what: string;
  /** Indices of the stations where it begins and ends. */
  stations: readonly [from: number, to: number];
  /** ms; null: not measured in the last minute. */
  took: QuantilesDto | null;
  /** Why it is not known. */
  reason: string;
}

/** The hops of an event in their order, the whole way last. */
export function hopsOf({ hops, consumers, liveClients }: PipelineDto): Hop[] {
  const consuming = consumers.some(({ reporting }) => reporting);
  const unstored = consuming ? 'No event was stored' : 'No consumer reports';
  const unseen = liveClients === 0 ? 'No browser is connected' : 'No browser reported';
  const late = consuming ? 'No event came while it was new' : unstored;
  return [
    hop('created', 'accepted', "By the client's clock, to acceptance by Redis", [0, 2], hops.createdToAccepted, late),
    hop('accepted', 'stored', 'To the commit', [2, 4], hops.acceptedToStored, unstored),
    hop('stored', 'pushed', 'To the first frame that shows it', [4, 5], hops.storedToPushed, consuming ? 'Nothing new was pushed' : unstored),
    hop('pushed', 'painted', 'To the paint of a browser', [5, 6], hops.pushedToPainted, unseen),
    hop('created', 'painted', 'The whole way, measured on the newest event of a frame', [0, 6], hops.createdToPainted, unseen),
  ];
}

const hop = (from: string, to: string, what: string, stations: Hop['stations'], took: QuantilesDto | null, reason: string): Hop => ({
  from,
  to,
  what,
  stations,
  took,
  reason,
});

/** How far the clock of this browser is from the server's. @param offset server minus browser, ms. @param error its bound, ms; null: not measured */
export function clockWords(offset: number, error: number | null): string {
  if (error === null) return "This browser's clock is not compared with the server's yet.";
  const within = `±${duration(Math.max(1, Math.round(error)))}`;
  if (Math.abs(offset) <= Math.max(1, error)) return `This browser's clock agrees with the server's (${within}, estimated over the socket).`;
  const side = offset > 0 ? 'behind' : 'ahead of';
  return `This browser's clock is ${duration(Math.abs(offset))} ${side} the server's (${within}, estimated over the socket).`;
}
