module.exports = { displayName: 'events', preset: '../../jest.preset.js', coverageDirectory: 'test-output/coverage' };
