import base from '../../eslint.config.mjs';

export default [
  ...base,
  { ignores: ['**/public/**'] },
  // The React Compiler is not used here, so a hook that it could not memoise (TanStack Virtual's) is no fault.
  { files: ['**/*.tsx'], rules: { 'react-hooks/incompatible-library': 'off' } },
];
