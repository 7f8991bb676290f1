import { Temporal } from 'temporal-polyfill';

/**
 * What a field for date and time holds, as an instant on the clocks of a zone; undefined: nothing is filled in. An hour that clocks skip
 * is taken as the one after it, one that they show twice as the first.
 */
export const instantOf = (local: string, timeZone: string): string | undefined =>
  local === '' ? undefined : new Date(Temporal.PlainDateTime.from(local).toZonedDateTime(timeZone).epochMilliseconds).toISOString();

/** An instant as a field for date and time holds it. */
export const localText = (instant: string | undefined, timeZone: string): string =>
  instant === undefined
    ? ''
    : Temporal.Instant.from(instant).toZonedDateTimeISO(timeZone).toPlainDateTime().toString({ smallestUnit: 'minute' });
