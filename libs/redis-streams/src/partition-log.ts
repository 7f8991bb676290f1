import type { Redis } from 'ioredis';
import { ZERO_ID } from './entry-id.js';
import type { RawField } from './entry.codec.js';
import { deadStreamKey, streamKey, tallyStreamKey } from './partitioning.js';
import { messageOf } from './redis-connection.js';
import type { ServerPoint } from './redis-streams.server-options.js';

/** An entry as read. */
export interface StreamEntry {
  readonly id: string;
  /** Null when it is pending but was deleted from the stream. */
  readonly fields: readonly RawField[] | null;
  /** Why its body must not be touched. */
  readonly condemned?: string;
}

/** An entry of the pending list. */
export interface PendingEntry {
  readonly id: string;
  /** How often it was handed over since it was last set back: see {@link PartitionLog.exonerate}. */
  readonly deliveries: number;
}

/** Where a stream and its group stand. */
export interface LogPosition {
  /** Id of the last entry ever appended. */
  readonly lastGeneratedId: string;
  /** Id of the last entry given to the group. */
  readonly lastDeliveredId: string;
  readonly length: number;
  readonly pending: number;
  /** Entries not yet given to the group; null when Redis cannot tell. */
  readonly undelivered: number | null;
}

export interface PartitionLogOptions {
  stream: string;
  partition: number;
  group: string;
  maxBatchEntries: number;
  blockMs: number;
  onPoint?: (name: ServerPoint) => void;
}

/**
 * The Redis commands of one partition. `reader` blocks and is this partition's own; `commands` is shared and never blocks.
 * The consumer name is stable per partition, so a successor finds its predecessor's pending list under its own name, at once.
 */
export class PartitionLog {
  private readonly key: string;
  private readonly deadKey: string;
  private readonly tallyKey: string;
  private readonly consumer: string;

  constructor(
    private readonly options: PartitionLogOptions,
    private readonly reader: Redis,
    private readonly commands: Redis,
  ) {
    this.key = streamKey(options.stream, options.partition);
    this.deadKey = deadStreamKey(options.stream, options.partition);
    this.tallyKey = tallyStreamKey(options.stream, options.partition);
    this.consumer = `p${options.partition}`;
  }

  /** Makes the group where it is missing. At 0 and never at `$`: what was sent before the first start is to be read. */
  async ensureGroup(): Promise<void> {
    try {
      await this.commands.xgroup('CREATE', this.key, this.options.group, ZERO_ID, 'MKSTREAM');
    } catch (error) {
      if (!messageOf(error).startsWith('BUSYGROUP')) throw error;
    }
  }

  async position(): Promise<LogPosition> {
    const [stream, groups] = await Promise.all([
      this.commands.call('XINFO', 'STREAM', this.key) as Promise<unknown[]>,
      this.commands.call('XINFO', 'GROUPS', this.key) as Promise<unknown[][]>,
    ]);
    const about = toMap(stream);
    const group = groups.map(toMap).find((each) => each.get('name') === this.options.group);
    if (!group) throw new Error(`NOGROUP ${this.options.group} of ${this.key} is gone`);
    const lag = group.get('lag');
    return {
      lastGeneratedId: String(about.get('last-generated-id')),
      lastDeliveredId: String(group.get('last-delivered-id')),
      length: Number(about.get('length')),
      pending: Number(group.get('pending')),
      undelivered: typeof lag === 'number' ? lag : null,
    };
  }

  /** Entries never given to the group; waits up to `blockMs` for the first. */
  async readNew(): Promise<StreamEntry[]> {
    return this.read('>', this.options.maxBatchEntries, ['BLOCK', String(this.options.blockMs)]);
  }

  /** Which entries this partition's reader was given and never acknowledged, after `id`. It leaves their deliveries as they are. */
  async pending(afterId: string): Promise<PendingEntry[]> {
    const { group, maxBatchEntries } = this.options;
    const reply = await this.commands.xpending(this.key, group, `(${afterId}`, '+', maxBatchEntries, this.consumer);
    return (reply as [string, string, number, number][]).map(([id, , , deliveries]) => ({ id, deliveries }));
  }

  /** The first `count` of them, whole. Counts as one more delivery of each. */
  readPending(afterId: string, count: number): Promise<StreamEntry[]> {
    return this.read(afterId, count, []);
  }

  /** Counts the deliveries of these entries from 0 again. Acknowledged ones are left alone. */
  async exonerate(ids: readonly string[]): Promise<void> {
    await this.commands.call('XCLAIM', this.key, this.options.group, this.consumer, 0, ...ids, 'RETRYCOUNT', 0, 'JUSTID');
  }

  /** Entries between two ids, both excluded; to the end when `before` is absent. Leaves the group as it is. */
  async between(after: string, before?: string, count = this.options.maxBatchEntries): Promise<StreamEntry[]> {
    const end = before === undefined ? '+' : `(${before}`;
    return toEntries(await this.commands.xrangeBuffer(this.key, `(${after}`, end, 'COUNT', count));
  }

  /** Takes entries off the pending list, and removes from the stream what lies before `trimTo`. */
  async acknowledge(ids: readonly string[], trimTo?: string): Promise<void> {
    if (ids.length === 0) return;
    const acknowledged = this.commands.xack(this.key, this.options.group, ...ids);
    if (trimTo === undefined) return void (await acknowledged);
    if (this.options.onPoint) {
      await acknowledged;
      this.options.onPoint('after-ack');
    }
    const trimmed = [this.key, this.tallyKey].map((key) => this.commands.xtrim(key, 'MINID', '~', trimTo));
    await Promise.all([acknowledged, ...trimmed]);
  }

  /** Takes entries off the pending list and out of the stream. */
  async remove(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await Promise.all([this.commands.xack(this.key, this.options.group, ...ids), this.commands.xdel(this.key, ...ids)]);
  }

  /** Lets the stream's next id be above `id`. */
  async moveForward(id: string): Promise<void> {
    await this.commands.call('XSETID', this.key, id);
  }

  /** Moves an entry to the stream of the dead, with its reason, in one step. */
  async bury(entry: StreamEntry, reason: string): Promise<void> {
    const results = await this.commands
      .multi()
      .xadd(this.deadKey, '*', 'reason', reason, 'id', entry.id, ...(entry.fields ?? []).flat())
      .xack(this.key, this.options.group, entry.id)
      .xdel(this.key, entry.id)
      .exec();
    const failed = results?.find(([error]) => error !== null);
    if (!results || failed) throw failed?.[0] ?? new Error('the transaction was not executed');
  }

  private async read(from: string, count: number, block: string[]): Promise<StreamEntry[]> {
    const args = ['GROUP', this.options.group, this.consumer, 'COUNT', String(count), ...block, 'STREAMS', this.key, from];
    const reply = (await this.reader.callBuffer('XREADGROUP', ...args)) as [Buffer, [Buffer, Buffer[] | null][]][] | null;
    return reply ? toEntries(reply[0][1]) : [];
  }
}

const toEntries = (reply: [Buffer, Buffer[] | null][]): StreamEntry[] =>
  reply.map(([id, fields]) => ({ id: id.toString('latin1'), fields: fields ? pairs(fields) : null }));

const pairs = (flat: Buffer[]): RawField[] => Array.from({ length: flat.length / 2 }, (_, i): RawField => [flat[2 * i], flat[2 * i + 1]]);

const toMap = (flat: unknown[]): Map<string, unknown> =>
  new Map(Array.from({ length: flat.length / 2 }, (_, i) => [String(flat[2 * i]), flat[2 * i + 1]]));
