/**
 * Distinct values, counted so that stretches can be united. Values are known by 64 bits of their MD5 (which no release of a database
 * changes): a set of up to {@link MOST_EXACT} is kept as it is, a larger one as a HyperLogLog of 4,096 registers.
 * The estimate is Ertl's (arXiv 1702.01284, "improved raw estimator"): unbiased from 0 on, without tables.
 */
const REGISTER_BITS = 12;
const REGISTERS = 1 << REGISTER_BITS;
const RANK_BITS = 64 - REGISTER_BITS;

/** Larger sets are estimated: such a set takes as much room as the registers. */
export const MOST_EXACT = 512;

/** Relative standard error of an estimate, 1.04 / √4096: two estimates of three are nearer, 19 of 20 within twice of it. */
export const SKETCH_ERROR = 1.04 / Math.sqrt(REGISTERS);

const HASH_BYTES = 8;
const ALPHA = 1 / (2 * Math.LN2);

export interface StoredSketch {
  /** Whether `data` is the hashes (8 bytes each, in the order of bytes) or a byte for each register. */
  exact: boolean;
  data: Buffer;
}

export class DistinctSketch {
  /** Each the 8 characters of its bytes. */
  private readonly hashes = new Set<string>();
  private registers: Uint8Array | undefined;

  /** False: {@link count} is an estimate. */
  get exact(): boolean {
    return this.registers === undefined;
  }

  /** Adds what another one has seen. As long as all are exact, so is the union, however large. */
  add({ exact, data }: StoredSketch): void {
    if (exact) {
      for (let at = 0; at < data.length; at += HASH_BYTES)
        if (this.registers) mark(this.registers, data, at);
        else this.hashes.add(data.toString('latin1', at, at + HASH_BYTES));
      return;
    }
    const registers = this.toRegisters();
    for (let register = 0; register < REGISTERS; register++) if (data[register]! > registers[register]!) registers[register] = data[register]!;
  }

  count(): number {
    return this.registers ? Math.round(estimate(this.registers)) : this.hashes.size;
  }

  /** As it is stored: of the same values the same bytes, however they came together. */
  encode(): StoredSketch {
    if (this.registers || this.hashes.size > MOST_EXACT) return { exact: false, data: Buffer.from(this.toRegisters()) };
    // By their bytes, as the database orders them.
    return { exact: true, data: Buffer.from([...this.hashes].sort().join(''), 'latin1') };
  }

  private toRegisters(): Uint8Array {
    if (this.registers) return this.registers;
    this.registers = new Uint8Array(REGISTERS);
    for (const hash of this.hashes) mark(this.registers, Buffer.from(hash, 'latin1'), 0);
    this.hashes.clear();
    return this.registers;
  }
}

/** The sketch of hashes that are in order, each once. */
export function sketchOfHashes(data: Buffer): StoredSketch {
  if (data.length <= MOST_EXACT * HASH_BYTES) return { exact: true, data };
  const registers = new Uint8Array(REGISTERS);
  for (let at = 0; at < data.length; at += HASH_BYTES) mark(registers, data, at);
  return { exact: false, data: Buffer.from(registers) };
}

/** The first bits choose the register; it keeps the most zeros, plus one, that the rest ever began with. */
function mark(registers: Uint8Array, hashes: Buffer, at: number): void {
  const [high, low] = [hashes.readUInt32BE(at), hashes.readUInt32BE(at + 4)];
  const register = high >>> (32 - REGISTER_BITS);
  const rest = high & (0xffffffff >>> REGISTER_BITS);
  const zeros = rest === 0 ? 32 - REGISTER_BITS + Math.clz32(low) : Math.clz32(rest) - REGISTER_BITS;
  if (zeros >= registers[register]!) registers[register] = zeros + 1;
}

function estimate(registers: Uint8Array): number {
  const counts = new Array<number>(RANK_BITS + 2).fill(0);
  for (const rank of registers) counts[rank]!++;
  let z = REGISTERS * tau(1 - counts[RANK_BITS + 1]! / REGISTERS);
  for (let rank = RANK_BITS; rank >= 1; rank--) z = 0.5 * (z + counts[rank]!);
  z += REGISTERS * sigma(counts[0]! / REGISTERS);
  return (ALPHA * REGISTERS * REGISTERS) / z;
}

function sigma(part: number): number {
  if (part === 1) return Infinity;
  let [x, y, z, before] = [part, 1, part, NaN];
  while (z !== before) {
    x *= x;
    before = z;
    z += x * y;
    y += y;
  }
  return z;
}

function tau(part: number): number {
  if (part === 0 || part === 1) return 0;
  let [x, y, z, before] = [part, 1, 1 - part, NaN];
  while (z !== before) {
    x = Math.sqrt(x);
    before = z;
    y *= 0.5;
    z -= (1 - x) ** 2 * y;
  }
  return z / 3;
}

/** The hash of a text, in SQL: 8 bytes, as sets keep them. */
export const hashSql = (text: string): string => `decode(left(md5(${text}), 16), 'hex')`;
