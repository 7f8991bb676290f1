module.exports = { displayName: 'producer', preset: '../../jest.preset.js', coverageDirectory: 'test-output/coverage' };
