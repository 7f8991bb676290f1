import { eventually } from '@analytics/testing';
import { check, type Expectations } from '../checker.js';
import { CountWatcher } from '../count-watcher.js';
import { KnownEvents } from '../known-events.js';
import { KnownSender } from '../known-sender.js';
import { readLedger, residueOf } from '../ledger.js';
import { untilQuiet } from '../settlement.js';
import { PipelineSystem, type PipelineSystemOptions } from '../system/pipeline-system.js';
import type { ServiceProcess } from '../system/service-process.js';

/** `npm run chaos -- --matrix`: every scenario at the length the matrix gives it. */
export const FULL_LENGTH = process.env['MATRIX'] === 'full';

/** One running system that the scenarios of a file share, and everything that was ever sent to it. */
export class MatrixSystem {
  readonly known = new KnownEvents();
  private readonly watcher: CountWatcher;
  private readonly sender: KnownSender;
  private readonly senders: KnownSender[] = [];
  /** Dead letters that the scenarios so far have caused. */
  buried = 0;

  private constructor(readonly system: PipelineSystem) {
    this.watcher = new CountWatcher(system);
    this.sender = this.newSender();
  }

  static async start(options?: PipelineSystemOptions): Promise<MatrixSystem> {
    return new MatrixSystem(await PipelineSystem.start({ log: () => undefined, ...options }));
  }

  async stop(): Promise<void> {
    for (const sender of this.senders) sender.abandon();
    await this.watcher.stop();
    await this.system.stop();
  }

  /** Another client. What clients of another run send is not expected to be stored. */
  newSender(known = this.known): KnownSender {
    const sender = new KnownSender({ collector: this.system.producer.url, writeKey: this.system.writeKey, known });
    this.senders.push(sender);
    return sender;
  }

  /** Sends events until each is acknowledged. */
  send(count: number): Promise<void> {
    return this.sender.send(count);
  }

  /** Sends `rate` events a second while `work` is done and until it has ended. */
  async underLoad<T>(work: () => Promise<T>, rate = 800): Promise<T> {
    const senders = [this.newSender(), this.newSender()];
    for (const sender of senders) sender.start(rate / senders.length, 50);
    try {
      return await work();
    } finally {
      await Promise.all(senders.map((sender) => sender.stop()));
    }
  }

  /** Sends one pack of 300 events that no check expects to be stored: what is about to happen will destroy it. */
  async sendDoomedPack(): Promise<KnownEvents> {
    const doomed = new KnownEvents();
    const { status } = await this.newSender(doomed).sendOnce(300, 'one_user');
    expect([status, doomed.acknowledgedTotal]).toEqual([200, 300]);
    return doomed;
  }

  /** How many events of a run are stored. */
  async storedOf({ run }: KnownEvents): Promise<number> {
    const { rows } = await this.system.database.query<{ n: number }>(`SELECT count(*) AS n FROM events WHERE properties ->> 'run' = $1`, [
      run,
    ]);
    return rows[0]!.n;
  }

  get acknowledged(): number {
    return this.known.acknowledgedTotal;
  }

  /** Waits until `count` more events are acknowledged. */
  async moreAcknowledged(count: number): Promise<void> {
    const wanted = this.acknowledged + count;
    await eventually(() => expect(this.acknowledged).toBeGreaterThanOrEqual(wanted), { timeoutMs: 30_000 });
  }

  /** Lets the system come to rest, and checks everything that was ever sent to it. Everything is as promised when it is empty. */
  async faults(expected: Partial<Expectations> = {}): Promise<string[]> {
    const { system, known, watcher, buried } = this;
    await system.allReady();
    await untilQuiet(system);
    if (expected.ledger !== false)
      await eventually(async () => expect(residueOf(await readLedger(system))).toBe(0), { timeoutMs: 10_000 }).catch(() => undefined);
    return (await check(system, { known, watcher, dead: { least: buried, most: buried }, ...expected })).faults;
  }

  /** Waits until a process has ended once more than it had, and tells by which signal. */
  async untilEnded(service: ServiceProcess, ends = 0): Promise<NodeJS.Signals | null> {
    await eventually(() => expect(service.ends.length).toBeGreaterThan(ends), { timeoutMs: 20_000 });
    return service.ends[ends]?.signal ?? null;
  }
}
