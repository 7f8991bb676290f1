// Starts the whole system once, the way `npm start` does, on private services and free ports.
module.exports = async () => {
  const { startPipeline } = await import('../dist/pipeline.harness.js');
  const pipeline = await startPipeline();
  globalThis.__PIPELINE__ = pipeline;
  Object.assign(process.env, pipeline.environment);
};
