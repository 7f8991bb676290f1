import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(__dirname, '../../..');

/** Lints `code` as if it stood in `file` of a project; the messages of the rule that keeps the walls. */
function boundaryFaults(project: string, file: string, code: string): string[] {
  const eslint = join(root, 'node_modules/eslint/bin/eslint.js');
  const { stdout, stderr } = spawnSync(process.execPath, [eslint, '--stdin', '--stdin-filename', file, '--format', 'json'], {
    cwd: join(root, project),
    input: code,
    encoding: 'utf8',
    env: { ...process.env, NX_DAEMON: 'false', NX_ISOLATE_PLUGINS: 'false' },
  });
  if (!stdout.startsWith('[')) throw new Error(`eslint did not answer: ${stderr}`);
  const [result] = JSON.parse(stdout) as { messages: { ruleId: string; message: string }[] }[];
  return result!.messages.filter(({ ruleId }) => ruleId === '@nx/enforce-module-boundaries').map(({ message }) => message);
}

describe('the walls of the house', () => {
  it('refuse an import of the database library in the producer', () => {
    const faults = boundaryFaults('apps/producer', 'src/main.ts', "import { createPool } from '@analytics/timescale';\nvoid createPool;\n");
    expect(faults).toEqual([expect.stringContaining('scope:producer')]);
  });

  it('allow an import of the transport in the producer', () => {
    const faults = boundaryFaults('apps/producer', 'src/main.ts', "import { streamKey } from '@analytics/redis-streams';\nvoid streamKey;\n");
    expect(faults).toEqual([]);
  });
});
