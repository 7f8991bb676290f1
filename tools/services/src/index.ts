export { freePort } from './free-port.js';
export {
  startPrivateServices,
  type PrivatePair,
  type PrivateServer,
  type PrivateServices,
  type PrivateServicesOptions,
} from './private-services.js';
export { withPostgres, withRedis } from './probe-url.js';
export { ServicesError } from './services-error.js';
export type { ServiceAddresses, Shell } from './services-provider.js';
export type { ProviderName } from './services-state.js';
export {
  openShell,
  resetServices,
  servicesStatus,
  startServices,
  stopServices,
  type RunningServices,
  type ServicesOptions,
} from './services.js';
