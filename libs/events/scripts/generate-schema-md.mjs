import { writeFileSync } from 'node:fs';
import { renderSchemaDocument } from '../dist/schema-document.js';

writeFileSync(new URL('../SCHEMA.md', import.meta.url), renderSchemaDocument());
