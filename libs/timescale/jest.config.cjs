module.exports = {
  displayName: 'timescale',
  preset: '../../jest.preset.js',
  coverageDirectory: 'test-output/coverage',
  globalSetup: require.resolve('@analytics/testing/jest/global-setup.cjs'),
  globalTeardown: require.resolve('@analytics/testing/jest/global-teardown.cjs'),
  maxWorkers: 1,
  // Databases are made and migrated in hooks; on a busy machine the default of 5 s is too little for the first.
  testTimeout: 30_000,
};
