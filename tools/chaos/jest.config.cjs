module.exports = {
  displayName: 'chaos',
  preset: '../../jest.preset.js',
  coverageDirectory: 'test-output/coverage',
  // Each spec file runs a whole system of its own; two at once would measure the machine.
  maxWorkers: 1,
  testTimeout: 120_000,
};
