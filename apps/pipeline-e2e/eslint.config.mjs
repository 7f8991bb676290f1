import base from '../../eslint.config.mjs';

// The whole project is tests.
export default [...base, { rules: { 'no-restricted-imports': 'off' } }];
