import { Backoff, delay } from './backoff.js';
import { ZERO_ID } from './entry-id.js';
import type { PartitionLog } from './partition-log.js';
import { PartitionMeter } from './partition-meter.js';
import type { PartitionClaim } from './partition-ownership.js';
import type { PartitionPort } from './partition-port.js';
import { PartitionReader } from './partition-reader.js';
import type { InFlight, PartitionTally } from './partition-tally.js';
import type { PartitionSnapshot, PartitionState } from './redis-streams.server-events.js';
import type { CheckedServerOptions } from './redis-streams.server-options.js';

/** A time of ownership. */
interface Tenure {
  readonly claim: PartitionClaim;
  readonly reader: PartitionReader;
  /** Aborted when the partition is lost or to be closed. */
  readonly over: AbortController;
  /** Another owner has it, or its lease was given up: there is nothing to release. */
  lost: boolean;
}

/**
 * Owns one partition for a time, and again.
 *
 *     acquiring → recovering → reading ⇄ handling ⇄ paused
 *         ↑            ↑__________|__________|________|        any failure: pause, then recover
 *         |_______________________|__________|                 fenced, or lease lost
 *     and from each → closed
 *
 * `acquiring`: asks for the claim until it gets it. `recovering`: makes the group, guards against a rewound stream, handles what was
 * delivered before and never acknowledged. `reading`: waits for new entries. `handling`: a handler has a batch. `paused`: waits before it
 * tries again. `closed`: the end. {@link PartitionReader} does the reading and says where it is; `become` alone changes the state.
 */
export class PartitionConsumer {
  private readonly meter = new PartitionMeter();
  private readonly closing = new AbortController();
  private state: PartitionState = 'acquiring';
  private tenure?: Tenure;
  private lastId = ZERO_ID;

  constructor(
    private readonly partition: number,
    private readonly options: CheckedServerOptions,
    private readonly log: PartitionLog,
    private readonly port: PartitionPort,
  ) {}

  /** Runs until {@link close}; never rejects. */
  async run(): Promise<void> {
    const backoff = this.newBackoff();
    while (!this.closing.signal.aborted) {
      try {
        this.become('acquiring');
        await this.acquireAndServe();
        backoff.reset();
        await delay(this.options.acquireEveryMs * (0.75 + Math.random() / 2), this.closing.signal);
      } catch (error) {
        await this.pause(error, backoff, this.closing.signal);
      }
    }
    this.become('closed');
  }

  /** Reads nothing more. The batch in hand is finished by {@link run}. */
  close(): void {
    this.closing.abort();
    if (this.tenure) this.end(this.tenure);
  }

  /** Whether it owns the partition, and is to keep it. */
  get serving(): boolean {
    return this.tenure !== undefined && !this.tenure.over.signal.aborted;
  }

  /** Gives the partition up: the batch in hand is finished, the lease released, and nobody but {@link PartitionBalance} keeps it away. */
  yield(): void {
    if (this.tenure) this.end(this.tenure);
  }

  /** Ends the lease although a batch is still being handled: its commit will be refused by its epoch. */
  async giveUp(): Promise<void> {
    const { tenure } = this;
    if (!tenure || tenure.lost) return;
    tenure.lost = true;
    // It is still being handled, but it has not killed the process.
    await Promise.all([this.release(tenure.claim), tenure.reader.exonerate()]);
  }

  snapshot(): PartitionSnapshot {
    const { partition, state, tenure } = this;
    const lastId = tenure?.reader.committedId ?? this.lastId;
    return this.meter.snapshot({ partition, state, lastId, epoch: tenure?.claim.epoch ?? 0 });
  }

  /** Measures the lag while this process owns the partition. */
  async refreshLag(): Promise<void> {
    if (this.state !== 'recovering') await this.tenure?.reader.refreshLag();
  }

  /** What is in flight in this partition; null when this process does not own it. */
  async inFlight(tally: PartitionTally): Promise<InFlight | null> {
    return this.tenure ? this.tenure.reader.inFlight(tally) : null;
  }

  private become(state: PartitionState): void {
    this.state = state;
  }

  private newBackoff(): Backoff {
    return new Backoff(this.options.retryFirstMs, this.options.retryMostMs);
  }

  private async acquireAndServe(): Promise<void> {
    const { balance } = this.port;
    if (!(await balance.tryTake())) return;
    try {
      const claim = this.closing.signal.aborted ? null : await this.acquire();
      if (claim) await this.serve(claim);
    } finally {
      balance.giveBack();
    }
  }

  private async acquire(): Promise<PartitionClaim | null> {
    const { ownership, owner } = this.options;
    return ownership ? ownership.acquire(this.partition, owner) : { epoch: 0, lastId: this.lastId, sequences: new Map() };
  }

  private async release(claim: PartitionClaim): Promise<void> {
    await this.options.ownership?.release(this.partition, this.options.owner, claim.epoch);
  }

  private async serve(claim: PartitionClaim): Promise<void> {
    const tenure = this.begin(claim);
    const renewal = this.options.ownership && setInterval(() => void this.renew(tenure), this.options.renewEveryMs);
    renewal?.unref(); // a handler given up at close must not keep the process alive
    try {
      await this.readUntilOver(tenure);
    } finally {
      clearInterval(renewal);
      this.lastId = tenure.reader.committedId;
      this.tenure = undefined;
      if (!tenure.lost) await this.release(claim);
    }
  }

  private begin(claim: PartitionClaim): Tenure {
    const over = new AbortController();
    const { meter } = this;
    const fenced = (): void => this.lose(tenure, 'handler');
    const port = { ...this.port, meter, fenced, over: over.signal, become: (state: PartitionState) => this.become(state) };
    const reader = new PartitionReader(this.partition, claim, this.options, this.log, port);
    const tenure: Tenure = { claim, reader, over, lost: false };
    if (this.closing.signal.aborted) over.abort();
    this.tenure = tenure;
    return tenure;
  }

  private async renew(tenure: Tenure): Promise<void> {
    try {
      const held = await this.options.ownership?.renew(this.partition, this.options.owner, tenure.claim.epoch);
      if (held === false && !tenure.lost) this.lose(tenure, 'lease');
    } catch (error) {
      // Not lost for certain. The store refuses a commit with an old epoch, so going on is safe.
      this.port.failed(error);
    }
  }

  private lose(tenure: Tenure, by: 'handler' | 'lease'): void {
    tenure.lost = true;
    this.port.emit('fenced', { partition: this.partition, epoch: tenure.claim.epoch, by });
    this.end(tenure);
  }

  private end(tenure: Tenure): void {
    tenure.over.abort();
    if (this.state === 'reading') this.port.interruptRead();
  }

  private async readUntilOver({ reader, over: { signal } }: Tenure): Promise<void> {
    const backoff = this.newBackoff();
    while (!signal.aborted) {
      try {
        await reader.recover();
        while (!signal.aborted) {
          await reader.readOn();
          backoff.reset();
          this.port.recovered();
        }
      } catch (error) {
        if (!signal.aborted) await this.pause(error, backoff, signal);
      }
    }
  }

  private async pause(error: unknown, backoff: Backoff, end: AbortSignal): Promise<void> {
    this.become('paused');
    this.port.failed(error);
    await delay(backoff.next(), end);
  }
}
