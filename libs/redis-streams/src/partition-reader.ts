import { EntryHandler } from './entry-handler.js';
import { compareIds, earlierId, laterId, ZERO_ID } from './entry-id.js';
import type { PartitionLog, PendingEntry, StreamEntry } from './partition-log.js';
import type { PartitionClaim } from './partition-ownership.js';
import type { TenurePort } from './partition-port.js';
import type { InFlight, PartitionTally } from './partition-tally.js';
import type { CheckedServerOptions } from './redis-streams.server-options.js';

/**
 * Reads a partition from one claim on, in order, one batch at a time.
 *
 * The offset of the claim is the truth; the group is a way to wait, and a list for people to look at. An entry between what was seen and
 * what the group delivers now has been given to somebody else (an owner that was stopped and woke up, a connection that broke while it
 * waited, an outsider), and committing past it would lose it. So each read looks for such entries and takes them first: one XRANGE.
 */
export class PartitionReader {
  private readonly handler: EntryHandler;

  constructor(
    private readonly partition: number,
    claim: PartitionClaim,
    private readonly options: CheckedServerOptions,
    private readonly log: PartitionLog,
    private readonly port: TenurePort,
  ) {
    this.handler = new EntryHandler(partition, claim, options, log, port);
  }

  /** Id of the last committed entry. */
  get committedId(): string {
    return this.handler.committedId;
  }

  /** Makes the group, guards against a rewound stream, and handles what was delivered before and never acknowledged. */
  async recover(): Promise<void> {
    const { handler } = this;
    this.port.become('recovering');
    await this.log.ensureGroup();
    await handler.exonerate(); // after a failure, what was in hand is still there, and so is this process
    const { lastGeneratedId, lastDeliveredId } = await this.log.position();
    if (this.options.ownership) {
      await this.guardAgainstRewind(lastGeneratedId);
      handler.doneId = handler.committedId;
    } else {
      // What the group has had is either acknowledged or pending. A stream that ends below what was seen has lost entries.
      handler.doneId = handler.doneId === ZERO_ID ? lastDeliveredId : earlierId(handler.doneId, lastGeneratedId);
    }
    for (let after = ZERO_ID; !this.port.over.aborted; ) {
      const pending = await this.log.pending(after);
      if (pending.length === 0) return;
      await this.takeMissed(pending[0].id);
      after = await this.recoverSome(after, pending);
    }
  }

  /** Waits for entries and handles them. */
  async readOn(): Promise<void> {
    this.port.become('reading');
    const entries = await this.log.readNew();
    await this.takeMissed(entries.at(0)?.id);
    return this.handler.handle(entries, this.handler.doneId);
  }

  async refreshLag(): Promise<void> {
    const [position, [oldest]] = await Promise.all([this.log.position(), this.log.between(this.handler.doneId, undefined, 1)]);
    this.port.meter.measured(position, oldest?.id);
  }

  /** What the stream holds beyond the committed entries. */
  inFlight(tally: PartitionTally): Promise<InFlight> {
    return tally.after(laterId(this.handler.committedId, this.handler.doneId));
  }

  /** The process is about to leave entries unhandled: it says that they have not killed it. */
  exonerate(): Promise<void> {
    return this.handler.exonerate();
  }

  /** New entries must get ids above the committed one, or they would be taken for old ones and skipped. */
  private async guardAgainstRewind(streamId: string): Promise<void> {
    const { committedId } = this;
    if (compareIds(streamId, committedId) >= 0) return;
    await this.log.moveForward(committedId);
    this.handler.rewound = true;
    this.port.emit('rewound', { partition: this.partition, committedId, streamId });
  }

  /**
   * Pending entries are handled together, but for one that was in hand too often when a process died: that one is handled alone.
   * @returns the last id dealt with.
   */
  private async recoverSome(after: string, pending: PendingEntry[]): Promise<string> {
    const upTo = this.options.ownership ? this.handler.doneId : ZERO_ID;
    const suspect = pending.findIndex(({ deliveries }) => deliveries >= this.options.isolateAfter);
    if (suspect === 0) {
      await this.port.suspects.take((leave) => this.recoverAlone(after, pending[0], upTo, leave));
      return pending[0].id;
    }
    const count = suspect < 0 ? pending.length : suspect;
    const run = await this.upToStray(await this.log.readPending(after, count));
    await this.handler.handle(run, upTo);
    return run.at(-1)?.id ?? pending[count - 1].id;
  }

  private async recoverAlone(after: string, { id, deliveries }: PendingEntry, upTo: string, leave: () => void): Promise<void> {
    if (this.port.over.aborted) return;
    const [entry] = await this.log.readPending(after, 1);
    if (entry?.id !== id) return;
    const condemned = `the process ended ${deliveries} times while handling it`;
    await this.handler.handle([deliveries >= this.options.giveUpAfter ? { ...entry, condemned } : entry], upTo, leave);
  }

  /** Pending entries need not be neighbours: one between them may have been given to somebody else. What follows it must wait. */
  private async upToStray(run: StreamEntry[]): Promise<StreamEntry[]> {
    if (run.length < 2 || !this.options.ownership) return run;
    const known = new Set(run.map(({ id }) => id));
    const between = await this.log.between(laterId(run[0].id, this.handler.doneId), run[run.length - 1].id, run.length);
    const stray = between.find(({ id }) => !known.has(id));
    return stray ? run.filter(({ id }) => compareIds(id, stray.id) < 0) : run;
  }

  /** Handles entries after the last one dealt with, and before `before`, that this reader was not given. */
  private async takeMissed(before: string | undefined): Promise<void> {
    const { handler } = this;
    if (before !== undefined && compareIds(before, handler.doneId) <= 0) return;
    for (;;) {
      const missed = this.port.over.aborted ? [] : await this.log.between(handler.doneId, before);
      if (missed.length === 0) return;
      await handler.handle(missed, handler.doneId);
    }
  }
}
