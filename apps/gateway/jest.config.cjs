module.exports = { displayName: 'gateway', preset: '../../jest.preset.js', coverageDirectory: 'test-output/coverage' };
