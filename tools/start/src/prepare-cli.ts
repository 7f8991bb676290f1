// `nx run start:prepare`: what every `nx serve` needs before it.
import { join } from 'node:path';
import { prepare } from './prepare.js';

const root = join(import.meta.dirname, '../../..');

try {
  const data = join(root, '.data');
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  const { credentials, madeAdmin } = await prepare({ root, data, log: say });
  const { admin } = credentials;
  if (admin && madeAdmin) say(`sign in as ${admin.email}, password ${admin.password}; kept in ${join(data, 'credentials.json')}`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
