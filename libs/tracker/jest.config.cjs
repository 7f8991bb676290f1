module.exports = { displayName: 'tracker', preset: '../../jest.preset.js', coverageDirectory: 'test-output/coverage' };
