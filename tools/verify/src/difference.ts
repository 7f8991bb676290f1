/** What was compared of a panel, and where the system's answer is not the one the seed predicts. */
export class Differences {
  /** Single values that were compared. */
  compared = 0;
  readonly found: string[] = [];

  constructor(readonly panel: string) {}

  equal(what: string, actual: unknown, expected: unknown): void {
    this.compared++;
    if (!Object.is(actual, expected)) this.found.push(`${what} is ${String(actual)}, expected ${String(expected)}`);
  }

  /** Equal but for a relative error: quantiles are kept in buckets, and quotients are rounded differently. */
  near(what: string, actual: number | null | undefined, expected: number | null, tolerance = 1e-9): void {
    this.compared++;
    const right =
      actual === expected ||
      (typeof actual === 'number' && expected !== null && Math.abs(actual - expected) <= tolerance * Math.abs(expected));
    if (!right)
      this.found.push(
        `${what} is ${String(actual)}, expected ${String(expected)}${tolerance > 1e-6 ? ` within ${tolerance * 100} %` : ''}`,
      );
  }

  /** As texts of JSON whose keys are in order. */
  same(what: string, actual: unknown, expected: unknown): void {
    this.equal(what, canonical(actual), canonical(expected));
  }
}

const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  );
