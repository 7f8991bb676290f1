import base from '../../eslint.config.mjs';

// Starting services is what this project is for.
export default [...base, { rules: { 'no-restricted-imports': 'off' } }];
