module.exports = { displayName: 'testing', preset: '../../jest.preset.js', coverageDirectory: 'test-output/coverage' };
