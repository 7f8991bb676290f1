import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

const CHROMIUM = [process.env['CHROMIUM_PATH'] ?? '', '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  (path) => path !== '' && existsSync(path),
);
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

if (!CHROMIUM) process.stderr.write('no Chromium was found (CHROMIUM_PATH names one): the browser specs are skipped\n');

/** `describe` where there is a Chromium. */
export const inBrowser = CHROMIUM ? describe : describe.skip;

export const launchChromium = (): Promise<Browser> => chromium.launch({ executablePath: CHROMIUM!, args: FLAGS });
