module.exports = { displayName: 'services', preset: '../../jest.preset.js', coverageDirectory: 'test-output/coverage' };
