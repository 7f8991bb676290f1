import { setTimeout as pause } from 'node:timers/promises';
import { prepareDatabase } from '@analytics/timescale';
import { eventually } from '@analytics/testing';
import { stopPostgresImmediately, terminateWriters } from '../mix/server-faults.js';
import { readSettlement } from '../settlement.js';
import { SmallDisk } from '../system/small-disk.js';
import { FULL_LENGTH, MatrixSystem } from './matrix.fixture.js';

const AWAY_MS = FULL_LENGTH ? 120_000 : 8_000;
const disk = SmallDisk.mount();
if (!disk)
  process.stderr.write('a small disk cannot be mounted here (that takes root on Linux): the scenario of the full disk is skipped\n');

describe('when PostgreSQL fails,', () => {
  let matrix: MatrixSystem;
  beforeAll(async () => {
    matrix = await MatrixSystem.start();
    await disk?.attach(matrix.system.database);
  });
  afterAll(async () => {
    await matrix.stop();
    disk?.unmount();
  });

  it('#13 it crashes under load: everything pauses, resumes by itself, and is stored once', async () => {
    const { system } = matrix;
    await matrix.underLoad(async () => {
      await matrix.moreAcknowledged(500);
      await system.services.postgres.kill();
      await matrix.moreAcknowledged(500);
      await system.services.postgres.start();
      await matrix.moreAcknowledged(500);
      await stopPostgresImmediately(system);
      await system.services.postgres.start();
      await matrix.moreAcknowledged(500);
    });
    expect(await matrix.faults()).toEqual([]);
  });

  it(
    `#14 it is away for ${AWAY_MS / 1_000} s: collectors refuse with 429 at the mark, and everything drains when it is back`,
    async () => {
      const { system } = matrix;
      await system.producer.restart({ ADMIT_MAX_LAG_MS: '3000' });
      await system.producer.ready();
      const client = matrix.newSender();
      client.start(400);
      await matrix.moreAcknowledged(200);
      await system.services.postgres.stop();
      await pause(AWAY_MS);
      const { status, headers } = await matrix.newSender().sendOnce(1);
      expect([status, Number(headers?.get('retry-after')) > 0]).toEqual([429, true]);
      await system.services.postgres.start();
      // It is admitted again by itself.
      await matrix.moreAcknowledged(500);
      await client.stop();
      await system.producer.restart();
      expect(await matrix.faults()).toEqual([]);
    },
    120_000 + AWAY_MS,
  );

  it('#15 the consumers’ sessions are terminated in mid statement: the batch is stored once', async () => {
    let terminated = 0;
    await matrix.underLoad(async () => {
      for (let time = 0; time < 20; time++) {
        terminated += await terminateWriters(matrix.system);
        await pause(100);
      }
    });
    expect(terminated).toBeGreaterThan(0);
    expect(await matrix.faults()).toEqual([]);
  });

  (disk ? it : it.skip)(
    '#16 its disk is full: the offset does not move and nothing is buried; when there is room, everything is stored once',
    async () => {
      await matrix.send(500);
      expect(await matrix.faults()).toEqual([]);
      disk?.fill();
      await matrix.send(20_000);
      await eventually(() => expect(matrix.system.consumers.some(({ output }) => /No space left on device/.test(output))).toBe(true), {
        timeoutMs: 20_000,
      });
      const before = (await readSettlement(matrix.system)).map(({ committed }) => committed);
      await matrix.send(500);
      expect((await readSettlement(matrix.system)).map(({ committed }) => committed)).toEqual(before);
      disk?.makeRoom();
      expect(await matrix.faults()).toEqual([]);
    },
  );

  it('#37 the tables are changed while events come in: no batch is lost, and the change waits no longer than its limit', async () => {
    const { system } = matrix;
    await matrix.underLoad(async () => {
      for (const change of ['ADD COLUMN matrix_note text', 'DROP COLUMN matrix_note']) {
        await matrix.moreAcknowledged(300);
        const owner = await system.database.connect();
        try {
          await owner.query(`SET lock_timeout = '2s'`);
          await owner.query(`ALTER TABLE events ${change}`);
        } finally {
          owner.release(true);
        }
      }
      await prepareDatabase({ databaseUrl: system.services.postgres.url });
      await matrix.moreAcknowledged(300);
    });
    expect(await matrix.faults()).toEqual([]);
  });
});
