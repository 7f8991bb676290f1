import { DataSource } from 'typeorm';
import { ApiKeyEntity } from '../access/api-key.entity.js';
import { PersonEntity } from '../access/person.entity.js';
import { SessionEntity } from '../access/session.entity.js';
import { ProjectEntity } from '../configuration/project.entity.js';
import { WriteKeyEntity } from '../configuration/write-key.entity.js';
import { CreateConfiguration1767225600000 } from '../migrations/1767225600000-create-configuration.js';
import { CreateEvents1767225601000 } from '../migrations/1767225601000-create-events.js';
import { CreateRollups1767225602000 } from '../migrations/1767225602000-create-rollups.js';
import { CreateStreamPositions1767225603000 } from '../migrations/1767225603000-create-stream-positions.js';
import { CreateLedger1767225604000 } from '../migrations/1767225604000-create-ledger.js';
import { MakeEventsUnique1767225605000 } from '../migrations/1767225605000-make-events-unique.js';
import { SettleDeadLetters1767225606000 } from '../migrations/1767225606000-settle-dead-letters.js';
import { CreateStreamConsumers1767225607000 } from '../migrations/1767225607000-create-stream-consumers.js';
import { IndexTypesOfRecentEvents1767225608000 } from '../migrations/1767225608000-index-types-of-recent-events.js';
import { MakeOneIndexOfTwo1767225609000 } from '../migrations/1767225609000-make-one-index-of-two.js';
import { CreateCompactedRollups1767225610000 } from '../migrations/1767225610000-create-compacted-rollups.js';
import { CreateAccess1767225611000 } from '../migrations/1767225611000-create-access.js';
import { PackCompactedCounts1767225612000 } from '../migrations/1767225612000-pack-compacted-counts.js';
import { CreateEventSegments1767225613000 } from '../migrations/1767225613000-create-event-segments.js';
import { CreateSavedViews1767225614000 } from '../migrations/1767225614000-create-saved-views.js';

export interface DataSourceSettings {
  url: string;
  /** Connections at most; default 2, since only configuration and migrations go through it. */
  max?: number;
  /** Shown in `pg_stat_activity`. */
  applicationName: string;
  /** After this many ms an unanswered statement fails; default: never, since a migration may take long. */
  queryTimeoutMs?: number;
}

/**
 * TypeORM over the configuration tables (projects, keys, people, sessions) and the migrations of everything. Events and rollups have no
 * entities: they are written by COPY and read by SQL. The caller initializes and destroys it.
 */
export const createDataSource = ({ url, max = 2, applicationName, queryTimeoutMs }: DataSourceSettings): DataSource =>
  new DataSource({
    type: 'postgres',
    url,
    applicationName,
    poolSize: max,
    connectTimeoutMS: 5_000,
    // A migration that waits for a lock makes everything behind it wait as well: rather fail, say so, and be run again.
    // A server that is there and does not answer is as good as away.
    extra: { options: '-c lock_timeout=10s', ...(queryTimeoutMs === undefined ? {} : { query_timeout: queryTimeoutMs }) },
    entities: [ProjectEntity, WriteKeyEntity, ApiKeyEntity, PersonEntity, SessionEntity],
    migrations: [
      CreateConfiguration1767225600000,
      CreateEvents1767225601000,
      CreateRollups1767225602000,
      CreateStreamPositions1767225603000,
      CreateLedger1767225604000,
      MakeEventsUnique1767225605000,
      SettleDeadLetters1767225606000,
      CreateStreamConsumers1767225607000,
      IndexTypesOfRecentEvents1767225608000,
      MakeOneIndexOfTwo1767225609000,
      CreateCompactedRollups1767225610000,
      CreateAccess1767225611000,
      PackCompactedCounts1767225612000,
      CreateEventSegments1767225613000,
      CreateSavedViews1767225614000,
    ],
    migrationsTableName: 'schema_migrations',
    migrationsTransactionMode: 'each',
    installExtensions: false,
    synchronize: false,
  });
