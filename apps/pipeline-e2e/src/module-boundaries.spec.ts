import { join } from 'node:path';
import { ESLint } from 'eslint';

const root = join(__dirname, '../../..');

describe('the walls of the house', () => {
  const lint = async (file: string, code: string): Promise<string[]> => {
    const eslint = new ESLint({ cwd: join(root, file.split('/').slice(0, 2).join('/')) });
    const [result] = await eslint.lintText(code, { filePath: join(root, file) });
    return result!.messages.filter(({ ruleId }) => ruleId === '@nx/enforce-module-boundaries').map(({ message }) => message);
  };

  it('refuse an import of the database library in the producer', async () => {
    expect(await lint('apps/producer/src/main.ts', "import { createPool } from '@analytics/timescale';\nvoid createPool;\n")).toHaveLength(1);
  });

  it('allow an import of the transport in the producer', async () => {
    expect(await lint('apps/producer/src/main.ts', "import { RedisStreamsClient } from '@analytics/redis-streams';\nvoid RedisStreamsClient;\n")).toEqual([]);
  });
});
