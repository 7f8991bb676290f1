import base from '../../eslint.config.mjs';

// Fixtures belong to the specs: tsconfig.build.json leaves them out.
export default [...base, { files: ['**/*.fixture.ts'], rules: { 'no-restricted-imports': 'off' } }];
