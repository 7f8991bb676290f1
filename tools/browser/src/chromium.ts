import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

/** A Chromium or Chrome of this machine: `CHROMIUM_PATH`, or Debian's or Google's on its usual path; undefined: there is none. */
export const chromiumPath: string | undefined = [
  process.env['CHROMIUM_PATH'] ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => path !== '' && existsSync(path));

const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** @throws {Error} when there is no Chromium. */
export async function launchChromium(): Promise<Browser> {
  if (!chromiumPath) throw new Error('no Chromium was found; install one, or name it by CHROMIUM_PATH');
  return chromium.launch({ executablePath: chromiumPath, args: FLAGS });
}
