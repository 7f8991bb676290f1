/** The address global-setup.cjs left in the environment. Throws with the remedy when the spec runs without it. */
export function testServiceUrl(name: 'TEST_REDIS_URL' | 'TEST_DATABASE_URL'): string {
  const url = process.env[name];
  if (!url)
    throw new Error(`${name} is not set: add globalSetup and globalTeardown of @analytics/testing to this project's jest.config.cjs`);
  return url;
}
