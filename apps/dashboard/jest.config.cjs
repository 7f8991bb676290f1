module.exports = {
  displayName: 'dashboard',
  preset: '../../jest.preset.js',
  testEnvironment: 'jsdom',
  setupFiles: ['<rootDir>/src/api/rest.fixture.ts', '<rootDir>/src/ui/match-media.fixture.ts'],
  coverageDirectory: 'test-output/coverage',
};
