// Starts the whole system once, the way `npm start` does, on private services and free ports.
module.exports = async () => {
  const { startPrivatePipeline } = await import('@analytics/start');
  const pipeline = await startPrivatePipeline();
  globalThis.__PIPELINE__ = pipeline;
  process.env.E2E_DOORS = JSON.stringify(pipeline);
};
