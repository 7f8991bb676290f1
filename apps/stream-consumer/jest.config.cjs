module.exports = { displayName: 'stream-consumer', preset: '../../jest.preset.js', coverageDirectory: 'test-output/coverage' };
