export {
  spawnStart,
  startPrivatePipeline,
  untilReady,
  type PrivatePipeline,
  type PrivatePipelineOptions,
  type StartedProcess,
} from './private-pipeline.js';
