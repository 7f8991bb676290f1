// `npm test` runs the suites that were seen to pass there; the rest (Redis and PostgreSQL faults, the random mix, the checker's own
// spec) runs with `npm run chaos -- --matrix` until they are seen to be quick and steady enough.
const everything = process.env.MATRIX === 'full';

module.exports = {
  displayName: 'chaos',
  preset: '../../jest.preset.js',
  coverageDirectory: 'test-output/coverage',
  testPathIgnorePatterns: everything ? ['/node_modules/'] : ['/node_modules/', 'faults/postgres\\.', 'faults/redis\\.', 'src/chaos\\.', 'src/checker\\.'],
  // Each spec file runs a whole system of its own; two at once would measure the machine.
  maxWorkers: 1,
  testTimeout: 120_000,
};
