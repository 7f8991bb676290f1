/** Samples that are kept; the line may change, so not all there ever were. */
const SAMPLES = 8;
/** Asked at once after connecting. */
const FIRST_SAMPLES = 5;

interface Sample {
  offset: number;
  roundTrip: number;
}

/**
 * How far the server's clock is ahead of this browser's, estimated as NTP does: the server's time is taken to be of the middle of the
 * round trip, and of several samples the one with the smallest round trip counts. Its error is at most half of that.
 */
export class ClockOffset {
  private samples: Sample[] = [];
  private generation = 0;

  /** @param ask asks the server for its clock, ms since 1970. @param onChange told the offset and how wrong it can be, ms. */
  constructor(
    private readonly ask: (reply: (at: number) => void) => void,
    private readonly onChange: (offset: number, error: number) => void,
    private readonly now: () => number,
  ) {}

  /** Forgets what was measured over another line, and begins anew. */
  restart(): void {
    this.samples = [];
    this.generation += 1;
    this.measure(FIRST_SAMPLES);
  }

  /** Takes so many samples, one after the other. */
  measure(times = 1): void {
    const { generation } = this;
    const sentAt = this.now();
    this.ask((at) => {
      if (generation !== this.generation) return;
      const roundTrip = this.now() - sentAt;
      this.samples = [...this.samples, { offset: at - sentAt - roundTrip / 2, roundTrip }].slice(-SAMPLES);
      const best = this.samples.reduce((a, b) => (b.roundTrip < a.roundTrip ? b : a));
      this.onChange(best.offset, best.roundTrip / 2);
      if (times > 1) this.measure(times - 1);
    });
  }
}
