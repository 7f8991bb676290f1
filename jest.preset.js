const nxPreset = require('@nx/jest/preset').default;

const swc = (tsx) => [
  '@swc/jest',
  {
    swcrc: false,
    sourceMaps: true,
    jsc: {
      target: 'es2023',
      keepClassNames: true,
      parser: { syntax: 'typescript', tsx, decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false, react: { runtime: 'automatic' } },
    },
  },
];

module.exports = {
  ...nxPreset,
  testEnvironment: 'node',
  // Real services on a busy machine: a limit is for what hangs, not for what is slow.
  testTimeout: 60_000,
  testMatch: ['<rootDir>/src/**/*.spec.ts?(x)', '<rootDir>/src/**/*.int-spec.ts'],
  moduleFileExtensions: ['ts', 'tsx', 'js', 'jsx', 'mjs', 'cjs', 'json'],
  transform: { '^.+\\.[jt]sx$': swc(true), '^.+\\.m?[jt]s$': swc(false) },
  // Nest 12, uuid 14 and Temporal ship ES modules only, which Jest on Node 20 cannot require(): swc turns them into CommonJS.
  transformIgnorePatterns: ['/node_modules/(?!(@nestjs|uuid|temporal-polyfill|temporal-utils)/)'],
  testEnvironmentOptions: { customExportConditions: ['@analytics/source', 'node', 'require', 'default'] },
  // Counts for the closing line of `npm test`.
  reporters: ['default', require.resolve('./tools/start/jest-counts.reporter.cjs')],
};
