import { Backoff, delay } from './backoff.js';
import type { Emission, EmitOutcome } from './emit-outcome.js';
import type { AppendResult } from './entry-appender.js';
import { expandBody } from './entry-body.js';
import { encodeEntry } from './entry.codec.js';
import { isLonger, PackBody } from './pack-body.js';
import type { PackCodec } from './pack.codec.js';
import type { ClientPoint } from './redis-streams.client-options.js';

/** Items that share one stream entry. */
interface Pack {
  readonly pattern: string;
  readonly body: PackBody;
  /** Whose item it is, and which of its items, in the order of the body. */
  readonly emissions: Emission[];
  readonly positions: number[];
  readonly handedOverAt: number;
  readonly timer: NodeJS.Timeout;
  /** It has waited for company long enough. */
  ripe: boolean;
  readonly tally: Map<string, number>;
}

/** An item in its text form. */
export interface EncodedItem {
  readonly text: string;
  /** What it is counted under; undefined when nothing is counted. */
  readonly tallyKey: string | undefined;
}

export interface PartitionPublisherOptions {
  producerId: string;
  codec: PackCodec;
  packMaxItems: number;
  packMaxBytes: number;
  compressFromBytes: number;
  lingerMs: number;
  publishTimeoutMs: number;
  onPoint?: (name: ClientPoint) => void;
}

/** What a publisher needs of its client. */
export interface PublisherPort {
  /** One XADD to this partition, and its counts. */
  append(fields: (string | Buffer)[], tally: ReadonlyMap<string, number>): Promise<AppendResult>;
  /** A pack is settled: its items and bytes are no longer in flight. */
  settled(items: number, bytes: number): void;
}

/**
 * Packs the items of one partition and sends the packs one after another.
 *
 * One XADD is on its way at a time. With more, a pack whose answer was lost could be sent again after a later pack had been appended;
 * readers skip a sequence that is not above the last one, so the earlier pack would be acknowledged and never stored. While one is on its
 * way the next one fills, beyond `lingerMs` too, so at a round trip of 1 ms one partition carries 500,000 items a second.
 */
export class PartitionPublisher {
  private readonly filling = new Map<string, Pack>();
  private readonly sealed: Pack[] = [];
  private sequence = 0;
  private cumulative = 0;
  private sending?: Promise<void>;
  private hurriedUntil = Infinity;
  private lastSent?: Emission;
  /** Of the pack before: the next one is likely to be as long. */
  private lastBytes = 0;
  /** Where a pack was written that is compressed now. */
  private freeRoom?: Buffer;

  constructor(
    private readonly options: PartitionPublisherOptions,
    private readonly port: PublisherPort,
  ) {}

  /** Puts one item into the pack that is being filled. Its outcome goes to `emission` at `position`. @returns its bytes. */
  add(pattern: string, { text, tallyKey }: EncodedItem, emission: Emission, position: number): number {
    let pack = this.filling.get(pattern);
    if (pack && isLonger(text, this.options.packMaxBytes - pack.body.bytes)) {
      this.seal(pack);
      pack = undefined;
    }
    pack ??= this.begin(pattern);
    const bytes = pack.body.add(text);
    pack.emissions.push(emission);
    pack.positions.push(position);
    if (tallyKey !== undefined) pack.tally.set(tallyKey, (pack.tally.get(tallyKey) ?? 0) + 1);
    if (pack.body.count >= this.options.packMaxItems) this.seal(pack);
    return bytes;
  }

  /** Sends all that is in hand without lingering; packs not accepted by `deadline` (ms since 1970) fail. */
  async flush(deadline: number): Promise<void> {
    this.hurriedUntil = deadline;
    for (const pack of this.filling.values()) this.seal(pack);
    await this.sending;
  }

  private begin(pattern: string): Pack {
    const timer = setTimeout(() => this.ripen(pack), this.options.lingerMs);
    const body = new PackBody(this.options.codec.frame, this.freeRoom ?? PackBody.roomFor(this.lastBytes));
    this.freeRoom = undefined;
    const pack: Pack = { pattern, body, emissions: [], positions: [], handedOverAt: Date.now(), timer, ripe: false, tally: new Map() };
    this.filling.set(pattern, pack);
    return pack;
  }

  /** Behind another pack it would only wait, so it goes on filling. */
  private ripen(pack: Pack): void {
    pack.ripe = true;
    if (!this.sending) this.seal(pack);
  }

  private seal(pack: Pack): void {
    clearTimeout(pack.timer);
    this.filling.delete(pack.pattern);
    this.lastBytes = pack.body.bytes;
    this.freeRoom = pack.body.finish(this.options.compressFromBytes);
    this.sealed.push(pack);
    this.sending ??= this.sendAll();
  }

  private async sendAll(): Promise<void> {
    for (let pack = this.nextPack(); pack; pack = this.nextPack()) {
      if (this.options.onPoint && pack.emissions[0] === this.lastSent) this.options.onPoint('mid-pack');
      this.lastSent = pack.emissions.at(-1);
      this.settle(pack, await this.send(pack));
    }
    this.sending = undefined;
  }

  private nextPack(): Pack | undefined {
    if (this.sealed.length === 0) for (const pack of this.filling.values()) if (pack.ripe) this.seal(pack);
    return this.sealed.shift();
  }

  /**
   * Sends one pack until it is accepted, refused, or too late. Its sequence is given here and not when it is sealed, so a pack that was
   * never sent leaves no hole; one that may have been appended keeps its sequence for ever.
   */
  private async send(pack: Pack): Promise<EmitOutcome> {
    const sequence = this.sequence + 1;
    const { pattern, body, handedOverAt, tally } = pack;
    const cumulative = this.cumulative + body.count;
    const header = { pattern, producer: this.options.producerId, sequence, count: body.count, cumulative, handedOverAt, tally };
    const fields = encodeEntry(header, body.entry);
    const { result, mayBeAppended } = await this.tryAppend(fields, tally, handedOverAt + this.options.publishTimeoutMs);
    if (result.ok) this.options.onPoint?.('after-xadd');
    if (result.ok || mayBeAppended) {
      this.sequence = sequence;
      this.cumulative = cumulative;
    }
    return result.ok ? { ok: true, entryId: result.id } : { ok: false, failure: result.failure, reason: result.reason };
  }

  private async tryAppend(
    fields: (string | Buffer)[],
    tally: ReadonlyMap<string, number>,
    deadline: number,
  ): Promise<{ result: AppendResult; mayBeAppended: boolean }> {
    const backoff = new Backoff(25, 500);
    let result: AppendResult = NOT_TRIED;
    let mayBeAppended = false;
    for (;;) {
      if (Date.now() >= Math.min(deadline, this.hurriedUntil)) return { result: late(result), mayBeAppended };
      result = await this.port.append(fields, tally);
      if (result.ok) return { result, mayBeAppended };
      mayBeAppended ||= result.uncertain;
      if (!result.retryable) return { result, mayBeAppended };
      await delay(Math.min(backoff.next(), Math.max(0, Math.min(deadline, this.hurriedUntil) - Date.now())));
    }
  }

  private settle(pack: Pack, outcome: EmitOutcome): void {
    const { count, bytes, entry } = pack.body;
    this.port.settled(count, bytes);
    const items = outcome.ok ? undefined : this.options.codec.decodePack(expandBody(entry), count);
    for (let i = 0; i < count; i++) pack.emissions[i].settle(pack.positions[i], outcome.ok ? outcome : { ...outcome, packed: items?.[i] });
  }
}

const NOT_TRIED: AppendResult = {
  ok: false,
  failure: 'unavailable',
  reason: 'earlier packs were still waiting',
  retryable: true,
  uncertain: false,
};

const late = (last: AppendResult): AppendResult =>
  last.ok ? last : { ...last, reason: `redis did not accept it in time; the last try said: ${last.reason}` };
