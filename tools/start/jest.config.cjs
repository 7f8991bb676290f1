module.exports = { displayName: 'start', preset: '../../jest.preset.js', coverageDirectory: 'test-output/coverage' };
