module.exports = { displayName: 'timescale', preset: '../../jest.preset.js', coverageDirectory: 'test-output/coverage' };
