import type { BuiltInField, FieldName } from '../queries/fields.js';

/** Fields whose values are counted. `type` alone stands for questions about no other field. */
export const COMPACTED_FIELDS = [
  'type',
  'page_path',
  'page_host',
  'referrer_host',
  'button',
  'endpoint',
  'method',
  'error_type',
  'status_class',
  'browser',
  'os',
  'device',
  'country',
] as const satisfies readonly BuiltInField[];
export type CompactedField = (typeof COMPACTED_FIELDS)[number];

/** Fields by whose values durations are kept. */
export const DURATION_FIELDS = ['type', 'endpoint'] as const satisfies readonly CompactedField[];

/** What is counted as distinct. */
export const SKETCH_KINDS = ['users', 'sessions'] as const;
export type SketchKind = (typeof SKETCH_KINDS)[number];

export const isCompacted = (field: FieldName): field is CompactedField => (COMPACTED_FIELDS as readonly string[]).includes(field);
export const hasDurations = (field: CompactedField): boolean => (DURATION_FIELDS as readonly string[]).includes(field);
