export { RecentEventsDto, StoredEventDto } from './events.dto.js';
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
  DeadLetterDto,
  PartitionStatusDto,
  PipelineDto,
  ProblemDto,
  ProducerStatusDto,
  ProjectDto,
  QuantilesDto,
  SourceStatusDto,
} from './pipeline.dto.js';
export {
  GRANULARITIES,
  MAX_BUCKETS,
  MAX_TOP_DAYS,
  ProjectQueryDto,
  RangeQueryDto,
  RecentQueryDto,
  TimeseriesQueryDto,
  TOP_DIMENSIONS,
  TopQueryDto,
  type Granularity,
  type TopDimension,
} from './query.dto.js';
