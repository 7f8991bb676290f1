module.exports = { displayName: 'dto', preset: '../../jest.preset.js', coverageDirectory: 'test-output/coverage' };
