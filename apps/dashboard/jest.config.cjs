module.exports = { displayName: 'dashboard', preset: '../../jest.preset.js', testEnvironment: 'jsdom', coverageDirectory: 'test-output/coverage' };
