import { isISO8601, ValidateBy } from 'class-validator';

// ISO 8601 also knows week dates, ordinal dates and times without a zone; one shape is enough and JavaScript reads it exactly.
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;

const isInstant = (value: unknown): boolean =>
  typeof value === 'string' && INSTANT.test(value) && isISO8601(value, { strict: true }) && !Number.isNaN(Date.parse(value));

/** An existing instant of the calendar with a zone, such as `2026-01-31T11:00:00Z`. */
export const IsInstant = (): PropertyDecorator =>
  ValidateBy({
    name: 'isInstant',
    validator: {
      validate: isInstant,
      defaultMessage: () => '$property must be an ISO 8601 instant with a zone, such as 2026-01-31T11:00:00Z (in a URL write + as %2B)',
    },
  });
