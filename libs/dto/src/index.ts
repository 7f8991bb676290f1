export { KEY_SCOPES, MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH, ROLES, SHARED_PAGES, VIEW_PAGES } from './access/field-rules.js';
export { CreatedLinkDto, LinkDto, NewLinkDto, NewViewLinkDto } from './access/link.dto.js';
export { CreatedKeyDto, KeyDto, NewKeyDto } from './access/key.dto.js';
export { ChangePersonDto, NewPersonDto, PersonDto, PersonWithPasswordDto } from './access/person.dto.js';
export { NewProjectDto, RenameProjectDto } from './access/project.dto.js';
export { ChangePasswordDto, OpenSessionDto, SessionDto, SignInDto } from './access/session.dto.js';
export { ChangeViewDto, NewViewDto, SavedViewDto, SharedViewDto, type SharedPage, type ViewPage } from './access/view.dto.js';
export { DeadLetterActionDto, DeadLetterDto, DeadLetterReasonDto, DeadLettersDto } from './dead-letter.dto.js';
export { RecentEventsDto, StoredEventDto } from './events.dto.js';
export { LedgerCountsDto, LedgerDto, LedgerMinuteDto, LedgerTotalsDto } from './ledger.dto.js';
export {
  applyFrame,
  idsOf,
  runsOf,
  type AnswerPatch,
  type ListPatch,
  type LiveFrame,
  type LiveState,
  type PatchFrame,
  type RowRuns,
  type SnapshotFrame,
} from './live-state.js';
export {
  LIVE_QUESTION_DTOS,
  LONGEST_PAINTED_MS,
  MOST_PAINTED_SAMPLES,
  type ClientToServerEvents,
  type LiveAnswers,
  type LiveFailure,
  type LiveParams,
  type LiveQuestionName,
  type PaintedMessage,
  type PaintedSample,
  type PresetAnswers,
  type PresetName,
  type PresetParams,
  type Pulse,
  type ResumePoint,
  type ServerToClientEvents,
  type SubscribeMessage,
  type SubscribeReply,
} from './live.messages.js';
export { ChangeDto, PeriodTotalsDto, SeriesDto, SeriesLineDto, SummaryDto, TopDto, TopRowDto, TypeShareDto } from './metrics.dto.js';
export {
  ConsumerStatusDto,
  DashboardConfigDto,
  HopsDto,
  PartitionStatusDto,
  PipelineDto,
  ProducerStatusDto,
  ProjectDto,
  QuantilesDto,
  SourceStatusDto,
} from './pipeline.dto.js';
export { PROBLEM_KINDS, PROBLEM_TYPES, ProblemDto, ProblemErrorDto, problemTypeOf } from './problem.dto.js';
export {
  DEAD_LETTER_STATES,
  DeadLettersQueryDto,
  GRANULARITIES,
  LedgerQueryDto,
  MAX_BUCKETS,
  MAX_LEDGER_DAYS,
  MAX_TOP_DAYS,
  ProjectQueryDto,
  RangeQueryDto,
  RecentQueryDto,
  TimeseriesQueryDto,
  TOP_DIMENSIONS,
  TopQueryDto,
  type DeadLetterState,
  type Granularity,
  type TopDimension,
} from './query.dto.js';
export {
  AnswerDto,
  BreakdownAnswerDto,
  BreakdownRowDto,
  BucketDto,
  HeatmapAnswerDto,
  HeatmapCellDto,
  InstantRangeDto,
  ResolvedQuestionDto,
  TimeseriesAnswerDto,
  TotalsAnswerDto,
} from './query-language/answers.dto.js';
export {
  EventAnswerDto,
  EventsAnswerDto,
  EventSetAnswerDto,
  FieldValueDto,
  ListedEventDto,
  ResolvedEventSetDto,
  UserAnswerDto,
  ValuesAnswerDto,
} from './query-language/event-answers.dto.js';
export {
  ALLOWED_COLUMNS,
  EventQuestionDto,
  EventsQuestionDto,
  EXPORT_FORMATS,
  ExportQuestionDto,
  UserQuestionDto,
  ValuesQuestionDto,
  type ExportColumnName,
  type ExportFormat,
} from './query-language/event-questions.dto.js';
export { ALLOWED_FIELDS, FIELD_LIST, FIELD_NAMES, fieldKind, FIELDS, type BuiltInField, type FieldName } from './query-language/fields.js';
export { FILTER_BOUNDS, filterFault, type Filter, type FilterCondition, type FilterValue } from './query-language/filters.js';
export {
  CohortDto,
  FunnelAnswerDto,
  FunnelStepDto,
  PathLinkDto,
  PathsAnswerDto,
  PathStepDto,
  RetentionAnswerDto,
  RetentionPeriodDto,
} from './query-language/journey-answers.dto.js';
export {
  ENTITY_KINDS,
  FunnelQuestionDto,
  PATH_DIRECTIONS,
  PathsQuestionDto,
  RETENTION_INTERVALS,
  RetentionQuestionDto,
  windowMs,
  type EntityKindName,
  type FunnelStepQuestion,
  type PathDirection,
  type RetentionInterval,
} from './query-language/journey-questions.dto.js';
export {
  AGGREGATES,
  ALLOWED_METRICS,
  METRIC_LIST,
  METRICS,
  MOST_METRICS,
  parseMetric,
  type Aggregate,
  type Metric,
  type NamedMetric,
} from './query-language/metrics.js';
export { allowing, Explained, FromJson, FromList, IsListOf, type Explain, type ParameterFault } from './query-language/parameters.js';
export {
  BreakdownQuestionDto,
  ComparableQuestionDto,
  EventSetDto,
  PlannedQuestionDto,
  HeatmapQuestionDto,
  QuestionDto,
  TimeseriesQuestionDto,
  TotalsQuestionDto,
} from './query-language/questions.dto.js';
export {
  BUCKET_WIDTHS,
  CALENDAR_PERIODS,
  canonicalTimeZone,
  COMPARISONS,
  isPeriod,
  type BucketWidthName,
  type ComparisonName,
} from './query-language/time.js';
