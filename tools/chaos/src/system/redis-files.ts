import { execFileSync } from 'node:child_process';
import { readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import type { Redis } from 'ioredis';

/** The append-only files of a private Redis: what is in them is what it has after it was killed. */
export class RedisFiles {
  private constructor(private readonly folder: string) {}

  static async of(redis: Redis): Promise<RedisFiles> {
    const setting = async (name: string): Promise<string> => ((await redis.config('GET', name)) as [string, string])[1];
    return new RedisFiles(join(await setting('dir'), await setting('appenddirname')));
  }

  copyTo(folder: string): void {
    execFileSync('cp', ['-a', this.folder, folder]);
  }

  /** Keeps a copy of what is on disk now. `restore` needs Redis to be down. */
  keep(): void {
    // cp keeps the owner, which may be another user than this process's.
    rmSync(`${this.folder}.kept`, { recursive: true, force: true });
    execFileSync('cp', ['-a', this.folder, `${this.folder}.kept`]);
  }

  restore(): void {
    this.remove();
    execFileSync('cp', ['-a', `${this.folder}.kept`, this.folder]);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }

  /** Takes the last bytes away, as a power cut does. */
  cutTail(bytes: number): void {
    const file = readdirSync(this.folder)
      .filter((name) => name.endsWith('.incr.aof'))
      .sort()
      .at(-1);
    if (!file) throw new Error(`${this.folder} has no append-only file`);
    const path = join(this.folder, file);
    truncateSync(path, statSync(path).size - bytes);
  }
}
