// `nx run start:prepare`: what every `nx serve` needs before it.
import { join } from 'node:path';
import { prepare } from './prepare.js';

const root = join(import.meta.dirname, '../../..');

try {
  await prepare({ root, data: join(root, '.data'), log: (line) => process.stderr.write(`${line}\n`) });
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
