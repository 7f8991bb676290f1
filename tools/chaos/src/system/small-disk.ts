import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pool } from 'pg';

const SIZE_MIB = 64;

/** A disk of 64 MiB in memory, on which new events rest; the rest of PostgreSQL is where it was. */
export class SmallDisk {
  private readonly folder: string;
  private readonly filler: string;

  private constructor(folder: string) {
    this.folder = folder;
    this.filler = join(folder, 'filler');
  }

  /** @returns undefined where this process may not mount one: that takes root on Linux. */
  static mount(): SmallDisk | undefined {
    const folder = mkdtempSync(join(tmpdir(), 'chaos-disk-'));
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE_MIB}m`, 'tmpfs', folder], { stdio: 'ignore' });
      return new SmallDisk(folder);
    } catch {
      rmSync(folder, { recursive: true });
      return undefined;
    }
  }

  /** Chunks of `events` made from now on are on this disk. */
  async attach(owner: Pool): Promise<void> {
    const { rows } = await owner.query<{ data_directory: string }>('SHOW data_directory');
    const { uid, gid } = statSync(rows[0]?.data_directory ?? '');
    chownSync(this.folder, uid, gid);
    chmodSync(this.folder, 0o700);
    await owner.query(`CREATE TABLESPACE small_disk LOCATION '${this.folder}'`);
    await owner.query(`SELECT attach_tablespace('small_disk', 'events')`);
  }

  /** Leaves no room. */
  fill(): void {
    try {
      writeFileSync(this.filler, Buffer.alloc(SIZE_MIB * 2 ** 20));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  }

  makeRoom(): void {
    rmSync(this.filler);
  }

  /** Only when PostgreSQL has ended. */
  unmount(): void {
    execFileSync('umount', [this.folder]);
    rmSync(this.folder, { recursive: true });
  }
}
