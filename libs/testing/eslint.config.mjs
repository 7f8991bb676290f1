import base from '../../eslint.config.mjs';

// This is the library that starts services for specs.
export default [...base, { files: ['src/**/*.ts'], rules: { 'no-restricted-imports': 'off' } }];
