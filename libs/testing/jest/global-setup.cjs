/**
 * Jest globalSetup: starts one private Redis and one private TimescaleDB for this run and names them in TEST_REDIS_URL
 * and TEST_DATABASE_URL (the owner's). They end with global-teardown.cjs, or with this process whatever ends it.
 */
module.exports = async () => {
  const { startPrivateServices } = await import('../dist/index.js').catch((error) => {
    if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    const remedy = 'run `npx tsc -b libs/testing/tsconfig.build.json` (nx does it before its test targets)';
    throw new Error(`@analytics/testing is not built: ${remedy}`, { cause: error });
  });
  const services = await startPrivateServices();
  globalThis.__ANALYTICS_SERVICES__ = services;
  process.env.TEST_REDIS_URL = services.redis.url;
  process.env.TEST_DATABASE_URL = services.postgres.url;
};
