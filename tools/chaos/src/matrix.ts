import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/**
 * Runs every scenario of the fault matrix at its full length (`MATRIX=full`): the named specs of this project, and of those that prove
 * scenarios of their own.
 * @throws {Error} when one fails.
 */
export async function runMatrix(): Promise<void> {
  const require = createRequire(import.meta.url);
  const jest = join(require.resolve('jest/package.json'), '../bin/jest.js');
  const child = spawn(process.execPath, [jest, '--config', join(import.meta.dirname, '../jest.config.cjs')], {
    cwd: join(import.meta.dirname, '..'),
    env: { ...process.env, MATRIX: 'full' },
    stdio: 'inherit',
  });
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  if (code !== 0) throw new Error('the fault matrix has failures; they stand above');
}
