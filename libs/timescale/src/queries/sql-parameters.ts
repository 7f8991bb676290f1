/** Types that values are sent as. A placeholder with a type leaves PostgreSQL nothing to guess. */
export type SqlType = 'text' | 'text[]' | 'float8' | 'float8[]' | 'int' | 'timestamptz' | 'timestamptz[]';

/** Collects the values of a statement. Nothing that comes from outside gets into SQL in any other way. */
export class SqlParameters {
  readonly values: unknown[] = [];

  /** @returns the placeholder that stands for the value, such as `$3::text`. */
  add(value: unknown, type: SqlType): string {
    this.values.push(value);
    return `$${this.values.length}::${type}`;
  }
}
