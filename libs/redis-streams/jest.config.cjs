module.exports = { displayName: 'redis-streams', preset: '../../jest.preset.js', coverageDirectory: 'test-output/coverage' };
