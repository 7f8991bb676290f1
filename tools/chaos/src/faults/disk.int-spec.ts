import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@analytics/testing';
import { readSettlement } from '../settlement.js';
import { MatrixSystem } from './matrix.fixture.js';

const DISK_MIB = 24;
const folder = mkdtempSync(join(tmpdir(), 'chaos-disk-'));

/** Whether this process may make a small disk of its own. */
function mountDisk(): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MIB}m`, 'tmpfs', folder], { stdio: 'ignore' });
    return true;
  } catch {
    process.stderr.write('a small disk cannot be mounted here (that takes root on Linux): the scenario of the full disk is skipped\n');
    return false;
  }
}

const mounted = mountDisk();

(mounted ? describe : describe.skip)('when the disk of the events is full,', () => {
  let matrix: MatrixSystem;
  beforeAll(async () => {
    matrix = await MatrixSystem.start();
    const { database } = matrix.system;
    const { rows } = await database.query<{ data_directory: string }>('SHOW data_directory');
    const { uid, gid } = statSync(rows[0]!.data_directory);
    chownSync(folder, uid, gid);
    chmodSync(folder, 0o700);
    await database.query(`CREATE TABLESPACE small LOCATION '${folder}'`);
    await database.query(`SELECT attach_tablespace('small', 'events')`);
  });
  afterAll(async () => {
    await matrix.stop();
    execFileSync('umount', [folder]);
    rmSync(folder, { recursive: true });
  });

  it('#16 the offset does not move and nothing is buried; when there is room, everything is stored once', async () => {
    const filler = join(folder, 'filler');
    await matrix.send(500);
    expect(await matrix.faults()).toEqual([]);
    expect(() => writeFileSync(filler, Buffer.alloc(DISK_MIB * 2 ** 20))).toThrow('ENOSPC');
    await matrix.send(20_000);
    await eventually(() => expect(matrix.system.consumers.some(({ output }) => /No space left on device/.test(output))).toBe(true), { timeoutMs: 20_000 });
    const before = (await readSettlement(matrix.system)).map(({ committed }) => committed);
    await matrix.send(500);
    expect((await readSettlement(matrix.system)).map(({ committed }) => committed)).toEqual(before);
    rmSync(filler);
    expect(await matrix.faults()).toEqual([]);
  });
});
