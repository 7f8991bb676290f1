import js from '@eslint/js';
import nx from '@nx/eslint-plugin';
import hooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

const SERVER_PACKAGES = ['@nestjs/*', 'ioredis', 'pg', 'pg-copy-streams', 'typeorm', 'express'];
const DATABASE_PACKAGES = ['pg', 'pg-copy-streams', 'typeorm', '@nestjs/typeorm'];
const TEST_LIBS = ['scope:testing', 'scope:services'];

/** Who may use whom. The test that proves it is apps/pipeline-e2e/src/module-boundaries.spec.ts. */
const depConstraints = [
  {
    sourceTag: 'scope:producer',
    onlyDependOnLibsWithTags: ['scope:redis-streams', 'scope:events', 'scope:service-runtime', 'scope:tracker', ...TEST_LIBS],
    bannedExternalImports: [...DATABASE_PACKAGES, 'socket.io'],
  },
  {
    sourceTag: 'scope:stream-consumer',
    onlyDependOnLibsWithTags: ['scope:redis-streams', 'scope:timescale', 'scope:events', 'scope:service-runtime', ...TEST_LIBS],
    bannedExternalImports: ['socket.io'],
  },
  {
    sourceTag: 'scope:gateway',
    onlyDependOnLibsWithTags: ['scope:redis-streams', 'scope:timescale', 'scope:dto', 'scope:events', 'scope:service-runtime', ...TEST_LIBS],
    bannedExternalImports: ['pg-copy-streams'],
  },
  { sourceTag: 'scope:dashboard', onlyDependOnLibsWithTags: ['scope:dto', 'scope:events'], bannedExternalImports: SERVER_PACKAGES },
  { sourceTag: 'scope:events', onlyDependOnLibsWithTags: [], bannedExternalImports: [...SERVER_PACKAGES, 'react'] },
  { sourceTag: 'scope:tracker', onlyDependOnLibsWithTags: [], bannedExternalImports: [...SERVER_PACKAGES, 'react'] },
  { sourceTag: 'scope:dto', onlyDependOnLibsWithTags: ['scope:events'], bannedExternalImports: [...DATABASE_PACKAGES, 'ioredis'] },
  { sourceTag: 'scope:redis-streams', onlyDependOnLibsWithTags: [...TEST_LIBS], bannedExternalImports: DATABASE_PACKAGES },
  { sourceTag: 'scope:timescale', onlyDependOnLibsWithTags: ['scope:events', ...TEST_LIBS], bannedExternalImports: ['ioredis', 'socket.io'] },
  { sourceTag: 'scope:service-runtime', onlyDependOnLibsWithTags: [], bannedExternalImports: [...DATABASE_PACKAGES, 'ioredis', 'socket.io'] },
  { sourceTag: 'scope:services', onlyDependOnLibsWithTags: [] },
  { sourceTag: 'scope:testing', onlyDependOnLibsWithTags: ['scope:services', 'scope:timescale'] },
  { sourceTag: 'scope:start', onlyDependOnLibsWithTags: ['scope:services', 'scope:timescale'] },
  { sourceTag: 'scope:browser', onlyDependOnLibsWithTags: ['scope:events', 'scope:start'] },
  { sourceTag: 'scope:load-test', onlyDependOnLibsWithTags: ['scope:dto', 'scope:events', 'scope:timescale', 'scope:start', 'scope:browser'] },
  { sourceTag: 'scope:chaos', onlyDependOnLibsWithTags: ['scope:dto', 'scope:events', 'scope:redis-streams', 'scope:timescale', 'scope:start', ...TEST_LIBS] },
  { sourceTag: 'scope:verify', onlyDependOnLibsWithTags: ['scope:dto', 'scope:events', 'scope:timescale', 'scope:start', ...TEST_LIBS] },
  { sourceTag: 'scope:e2e', onlyDependOnLibsWithTags: ['scope:events', 'scope:dto', 'scope:start', 'scope:browser', ...TEST_LIBS] },
];

export default tseslint.config(
  { ignores: ['**/dist', '**/coverage', '**/out-tsc', '**/test-output', '.nx', '.data', '**/*.cjs', '**/*.mjs', '**/*.config.*', 'jest.preset.js', 'apps/dashboard/src/api/gateway-api.ts'] },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  { languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } } },
  { files: ['**/*.tsx'], plugins: { 'react-hooks': hooks }, rules: hooks.configs.recommended.rules },
  {
    plugins: { '@nx': nx },
    files: ['**/*.ts', '**/*.tsx'],
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@nx/enforce-module-boundaries': ['error', {
        allow: [],
        enforceBuildableLibDependency: false,
        // Jest's CommonJS set-up files can load our ES modules only by import().
        checkDynamicDependenciesExceptions: ['.*'],
        depConstraints,
      }],
    },
  },
  {
    files: ['**/*.ts', '**/*.tsx'],
    ignores: ['**/*.spec.ts', '**/*.spec.tsx', '**/*.int-spec.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: [{ group: ['@analytics/testing', '@analytics/services'], message: 'Only specs start services of their own.' }] }] },
  },
);
