module.exports = {
  displayName: 'testing',
  preset: '../../jest.preset.js',
  coverageDirectory: 'test-output/coverage',
  globalSetup: require.resolve('./jest/global-setup.cjs'),
  globalTeardown: require.resolve('./jest/global-teardown.cjs'),
  maxWorkers: 1,
};
