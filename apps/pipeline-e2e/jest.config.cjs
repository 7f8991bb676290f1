module.exports = {
  displayName: 'pipeline-e2e',
  preset: '../../jest.preset.js',
  coverageDirectory: 'test-output/coverage',
  globalSetup: '<rootDir>/jest/global-setup.cjs',
  globalTeardown: '<rootDir>/jest/global-teardown.cjs',
  // One system for all specs: they run one after another.
  maxWorkers: 1,
};
