// Starting servers takes longer than Jest's five seconds where other work shares the machine; the first run also fetches them.
module.exports = { displayName: 'services', preset: '../../jest.preset.js', coverageDirectory: 'test-output/coverage', testTimeout: 120_000, maxWorkers: 1 };
