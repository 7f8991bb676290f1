module.exports = {
  displayName: 'verify',
  preset: '../../jest.preset.js',
  coverageDirectory: 'test-output/coverage',
  // The spec runs the whole system.
  maxWorkers: 1,
  testTimeout: 120_000,
};
