export {
  endSession,
  endSessionOf,
  findApiKey,
  findSession,
  listSessions,
  openSession,
  SESSION_DAYS,
  SESSION_IDLE_DAYS,
  validCredentials,
  type Holder,
  type OpenSession,
  type SharedView,
} from './access/credential-registry.js';
export { ApiKeyEntity } from './access/api-key.entity.js';
export { addKey, ensureApiKey, listKeys, revokeKey, type Key, type KeyInput, type KeyScope } from './access/key-registry.js';
export { addLink, listLinks, MOST_LINKS, revokeLink, type LinkInput, type SharedLink } from './access/link-registry.js';
export { newPassword } from './access/passwords.js';
export {
  addFirstAdmin,
  addPerson,
  authenticate,
  changeOwnPassword,
  changePerson,
  listPeople,
  type PersonChange,
  type PersonChangeResult,
  type PersonInput,
} from './access/person-registry.js';
export { PersonEntity, type Role } from './access/person.entity.js';
export { newSecret, type SecretKind } from './access/secrets.js';
export { SessionEntity } from './access/session.entity.js';
export {
  addView,
  changeView,
  deleteView,
  findView,
  listViews,
  MOST_VIEWS,
  type SavedView,
  type ViewChange,
  type ViewInput,
} from './access/view-registry.js';
export { Compactor, type CompactionPass, type CompactionPoint, type CompactorOptions } from './compaction/compactor.js';
export { ProjectEntity } from './configuration/project.entity.js';
export {
  addProject,
  ensureProject,
  listProjects,
  listWriteKeyHashes,
  noteWriteKeyUse,
  renameProject,
  type ProjectInput,
  type WriteKeyHash,
} from './configuration/project-registry.js';
export { WriteKeyEntity } from './configuration/write-key.entity.js';
export { createPool, type PoolSettings } from './postgres-pool.js';
export { type Breakdown, type BreakdownQuestion, type BreakdownRow } from './queries/breakdown.js';
export { autoWidth, MOST_BUCKETS, resolveBuckets, type Bucket, type Buckets, type BucketWidth } from './queries/buckets.js';
export { LOOK_BACK_DAYS } from './queries/event-lookup.js';
export { type EntityKind, type EventSet } from './queries/event-set.js';
export { EventsReader, type EventPageQuestion, type EventPlace, type EventSetSummary } from './queries/events.reader.js';
export { EventsStatement, type CellSql, type EventQuestion } from './queries/events-statement.js';
export { EXPORT_ONLY_COLUMNS, ExportReader, type ExportColumn, type ExportRows, type ExportValue } from './queries/export.reader.js';
export { fieldSql, numberSql, type BuiltInField, type FieldName, type FieldSql } from './queries/fields.js';
export { filterSql, type Filter, type FilterCondition, type FilterValue } from './queries/filter-sql.js';
export { type FunnelQuestion, type FunnelStep } from './queries/funnel.js';
export { JourneysReader } from './queries/journeys.reader.js';
export { MetricsReader, type HeatmapCell } from './queries/metrics.reader.js';
export { MetricsSql, type Aggregate, type Metric, type MetricValue, type NamedMetric } from './queries/metrics.js';
export { PlannedReader, type PlannedReaderOptions } from './queries/planned.reader.js';
export { type Answered, type QueryExplanation } from './queries/query-plan.js';
export { NO_PAGE, OTHER_PAGES, type PathLink, type Paths, type PathsQuestion } from './queries/paths.js';
export { type Cohort, type RetentionQuestion } from './queries/retention.js';
export { SqlParameters, type SqlType } from './queries/sql-parameters.js';
export {
  resolveComparison,
  resolveTimeRange,
  type CalendarPeriod,
  type Comparison,
  type ComparisonRequest,
  type QueryFault,
  type RangeRequest,
  type Resolution,
  type TimeRange,
} from './queries/time-range.js';
export {
  DeadLetterReader,
  type DeadLetterFilter,
  type DeadLetterListQuery,
  type DeadLetterState,
  type StoredDeadLetter,
} from './readers/dead-letter.reader.js';
export { LedgerReader, type Ledger, type LedgerCounts, type LedgerQuery } from './readers/ledger.reader.js';
export { PipelineReader, type PartitionPosition, type PipelineState } from './readers/pipeline.reader.js';
export { ProjectReader, type Project } from './readers/project.reader.js';
export { RecentEventsReader, type RecentEventsQuery } from './readers/recent-events.reader.js';
export { SeriesReader, type Series, type SeriesQuery } from './readers/series.reader.js';
export { type StoredEvent } from './readers/stored-event.js';
export { SummaryReader, type PeriodTotals, type RelativeChange, type Summary } from './readers/summary.reader.js';
export { TopReader, type Top, type TopQuery, type TopRow } from './readers/top.reader.js';
export { compareRollups, type RollupComparison, type RollupDifference } from './rollups/compare-rollups.js';
export { DIMENSIONS, type Dimension } from './rollups/dimensions.js';
export { rebuildRollups, type CoveredRange, type RollupRange } from './rollups/rebuild-rollups.js';
export { JourneyUnansweredError } from './segments/follow-segments.js';
export { JourneyThreads, type JourneyFollower, type JourneyThreadsOptions } from './segments/journey-threads.js';
export { createDataSource, type DataSourceSettings } from './setup/data-source.js';
export { type RoleUrls } from './setup/database-roles.js';
export { prepareDatabase, type PreparedDatabase, type PrepareDatabaseSettings } from './setup/prepare-database.js';
export { checkPostgresDurability, type DurabilityFault } from './setup/postgres-durability.js';
export { DeadLetterStore, type DeadLetterOrigin, type ReplayResult, type Reparse } from './writer/dead-letter.store.js';
export {
  eventItems,
  type BatchEvent,
  type BatchItems,
  type DeadLetter,
  type EventBatch,
  type ProjectChange,
  type RefusedEvent,
  type StreamPosition,
  type WriteResult,
} from './writer/event-batch.js';
export { EventBatchWriter, type EventBatchWriterOptions, type WritePoint } from './writer/event-batch.writer.js';
export { LedgerWriter, type AcceptedTally } from './writer/ledger.writer.js';
export { PartitionLeases, type PartitionClaim, type PartitionLeasesSettings } from './writer/partition-leases.js';
