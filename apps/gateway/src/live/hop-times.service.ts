import type { PaintedSample } from '@analytics/dto';
import { RollingQuantiles } from '@analytics/service-runtime';
import { Injectable } from '@nestjs/common';

/** How long the last hops of events onto screens take, over about the last minute. */
@Injectable()
export class HopTimes {
  private readonly storedToPushedMs = new RollingQuantiles();
  private readonly pushedToPaintedMs = new RollingQuantiles();
  private readonly createdToPaintedMs = new RollingQuantiles();

  /** @param ms from a commit to the first frame that shows it. */
  pushed(ms: number): void {
    this.storedToPushedMs.record(ms);
  }

  /** What a browser says. */
  painted(samples: readonly PaintedSample[]): void {
    for (const { sincePushed, sinceCreated } of samples) {
      this.pushedToPaintedMs.record(sincePushed);
      if (sinceCreated !== null) this.createdToPaintedMs.record(sinceCreated);
    }
  }

  /** Milliseconds; null: nothing was measured. */
  read() {
    return {
      storedToPushed: this.storedToPushedMs.readIfAny(),
      pushedToPainted: this.pushedToPaintedMs.readIfAny(),
      createdToPainted: this.createdToPaintedMs.readIfAny(),
    };
  }
}
