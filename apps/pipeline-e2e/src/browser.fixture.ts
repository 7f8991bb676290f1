import { chromiumPath } from '@analytics/browser';

if (!chromiumPath) process.stderr.write('no Chromium was found (CHROMIUM_PATH names one): the browser specs are skipped\n');

/** `describe` where there is a Chromium. */
export const inBrowser = chromiumPath ? describe : describe.skip;
