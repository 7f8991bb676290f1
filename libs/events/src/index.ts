export { commitNoticeSchema, type CommitNotice } from './commit-notice.schema.js';
export { clientEventSchema, ingestedEventSchema, type ClientEvent, type IngestedEvent, type ServerContext } from './envelope.schema.js';
export {
  BUILT_IN_EVENT_TYPES,
  BUILT_IN_PROPERTIES,
  type ApiCallProperties,
  type BuiltInEventType,
  type ButtonClickProperties,
  type ErrorProperties,
  type PageViewProperties,
} from './event-types.schema.js';
export { EventScanner, type ScannedEvent } from './event-scanner.js';
export { instantMs } from './instant.js';
export { PROPERTY_BOUNDS, type EventIssue } from './json-bounds.js';
export { eventPackCodec, PackedEvent, type PackBody } from './pack.codec.js';
export { isPlainText } from './plain-event.js';
export {
  FUTURE_TOLERANCE_MS,
  parseClientEvent,
  parseEventText,
  parseIngestedEvent,
  stampEvent,
  type ParsedText,
  type ParseResult,
  type StampOptions,
} from './parse-event.js';
export {
  consumerStatusSchema,
  producerStatusSchema,
  stageStatusSchema,
  type ConsumerStatus,
  type ProducerStatus,
  type StageStatus,
} from './stage-status.schema.js';
export {
  COMMIT_CHANNEL,
  CONSUMER_GROUP,
  DEFAULT_PARTITIONS,
  EVENTS_PATTERN,
  partitionKey,
  STATUS_CHANNEL,
  STREAM,
  WRITE_KEY_USES_HASH,
  WRITE_KEYS_HASH,
} from './stream-names.js';
export { DEFAULT_BURST, dayCurveFactor, type Burst } from './traffic/arrival-clock.js';
export { expectedAnswers, type ExpectedAnswers } from './traffic/expected-answers.js';
export { SHOP_ORIGIN } from './traffic/shop-site.js';
export { TrafficModel, type SimulatedEvent, type TrafficOptions, type TrafficState } from './traffic/traffic-model.js';
export { parseTallyKey, tallyKeyOf, type TallyKey } from './tally-key.js';
