export { findConnectionLeaks } from './connection-leaks.js';
export { eventually, type EventuallyOptions } from './eventually.js';
export { emptyDatabase, freshDatabase, type EmptyDatabase, type FreshDatabase, type PrepareDatabase } from './fresh-database.js';
export { freshRedis } from './fresh-redis.js';
export {
  freePort,
  startPrivateServices,
  type PrivatePair,
  type PrivateServer,
  type PrivateServices,
  type PrivateServicesOptions,
} from '@analytics/services';
