export { KEY_SCOPES, MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH, ROLES } from './access/field-rules.js';
export { CreatedKeyDto, KeyDto, NewKeyDto } from './access/key.dto.js';
export { ChangePersonDto, NewPersonDto, PersonDto, PersonWithPasswordDto } from './access/person.dto.js';
export { NewProjectDto, RenameProjectDto } from './access/project.dto.js';
export { ChangePasswordDto, SessionDto, SignInDto } from './access/session.dto.js';
export { DeadLetterActionDto, DeadLetterDto, DeadLetterReasonDto, DeadLettersDto } from './dead-letter.dto.js';
export { RecentEventsDto, StoredEventDto } from './events.dto.js';
export { LedgerCountsDto, LedgerDto, LedgerMinuteDto, LedgerTotalsDto } from './ledger.dto.js';
export {
  LIVE_QUERY_DTOS,
  type ClientToServerEvents,
  type LiveAnswers,
  type LiveFailure,
  type LiveParams,
  type LiveQueryName,
  type LiveUpdate,
  type Pulse,
  type ServerToClientEvents,
  type SubscribeMessage,
  type SubscribeReply,
} from './live.messages.js';
export { ChangeDto, PeriodTotalsDto, SeriesDto, SeriesLineDto, SummaryDto, TopDto, TopRowDto, TypeShareDto } from './metrics.dto.js';
export {
  ConsumerStatusDto,
  DashboardConfigDto,
  PartitionStatusDto,
  PipelineDto,
  ProblemDto,
  ProducerStatusDto,
  ProjectDto,
  QuantilesDto,
  SourceStatusDto,
} from './pipeline.dto.js';
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
