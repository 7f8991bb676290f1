import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

describe('the built tracker', () => {
  it('is smaller than 2 KiB on the wire (gzip)', () => {
    const script = readFileSync(join(__dirname, '../dist/tracker.js'));
    expect(gzipSync(script).length).toBeLessThan(2048);
  });
});
