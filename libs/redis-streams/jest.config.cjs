module.exports = {
  displayName: 'redis-streams',
  preset: '../../jest.preset.js',
  coverageDirectory: 'test-output/coverage',
  globalSetup: require.resolve('@analytics/testing/jest/global-setup.cjs'),
  globalTeardown: require.resolve('@analytics/testing/jest/global-teardown.cjs'),
  maxWorkers: 1, // the spec files share one Redis
};
