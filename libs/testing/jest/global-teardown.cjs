/** Jest globalTeardown: stops the private services, and fails the run when specs left connections to them open. */
module.exports = async () => {
  const services = globalThis.__ANALYTICS_SERVICES__;
  const { findConnectionLeaks } = await import('../dist/index.js');
  try {
    const leaks = await findConnectionLeaks({ redisUrl: services.redis.url, databaseUrl: services.postgres.url });
    if (leaks.length === 0) return;
    throw new Error(`The specs left ${leaks.length} connection(s) open; close what they open in afterAll:\n  ${leaks.join('\n  ')}`);
  } finally {
    await services.stop();
  }
};
