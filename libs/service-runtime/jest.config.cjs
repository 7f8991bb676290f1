module.exports = { displayName: 'service-runtime', preset: '../../jest.preset.js', coverageDirectory: 'test-output/coverage' };
