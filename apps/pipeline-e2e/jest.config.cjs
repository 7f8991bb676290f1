module.exports = { displayName: 'pipeline-e2e', preset: '../../jest.preset.js', coverageDirectory: 'test-output/coverage' };
