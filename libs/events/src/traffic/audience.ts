import type { ServerContext } from '../envelope.schema.js';
import { WeightedChoice, type Random } from './random.js';

/** One made-up person: what stays the same from session to session. */
export interface Person {
  userId: string;
  context: Readonly<Omit<ServerContext, 'project_id'>>;
  userAgent: string;
  viewportWidth: number;
  viewportHeight: number;
  /** Chance of leaving after a page: some look at three pages, some at twenty. */
  exitChance: number;
}

interface Device {
  browser: string;
  os: string;
  device: string;
  userAgent: string;
  viewports: readonly (readonly [width: number, height: number])[];
}

const DESKTOP = [
  [1920, 969],
  [1536, 730],
  [1440, 789],
  [1366, 641],
  [2560, 1297],
] as const;
const PHONE = [
  [390, 844],
  [412, 915],
  [360, 800],
  [393, 852],
] as const;

const device = (browser: string, os: string, kind: string, userAgent: string): Device => ({
  browser,
  os,
  device: kind,
  userAgent: `Mozilla/5.0 (${userAgent}`,
  viewports: kind === 'desktop' ? DESKTOP : PHONE,
});

const WEBKIT = 'AppleWebKit/537.36 (KHTML, like Gecko)';
const DEVICES = new WeightedChoice<Device>([
  [device('Chrome', 'Windows', 'desktop', `Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/126.0.0.0 Safari/537.36`), 28],
  [device('Chrome', 'macOS', 'desktop', `Macintosh; Intel Mac OS X 10_15_7) ${WEBKIT} Chrome/126.0.0.0 Safari/537.36`), 9],
  [device('Chrome', 'Android', 'mobile', `Linux; Android 14; Pixel 8) ${WEBKIT} Chrome/126.0.0.0 Mobile Safari/537.36`), 24],
  [
    device(
      'Safari',
      'iOS',
      'mobile',
      'iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
    ),
    20,
  ],
  [
    device(
      'Safari',
      'macOS',
      'desktop',
      'Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15',
    ),
    6,
  ],
  [device('Firefox', 'Windows', 'desktop', 'Windows NT 10.0; Win64; x64; rv:127.0) Gecko/20100101 Firefox/127.0'), 5],
  [device('Firefox', 'Linux', 'desktop', 'X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0'), 2],
  [
    device('Microsoft Edge', 'Windows', 'desktop', `Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0`),
    6,
  ],
]);

const COUNTRIES = new WeightedChoice<string | undefined>([
  ['US', 30],
  ['DE', 14],
  ['GB', 12],
  ['FR', 9],
  ['IN', 9],
  ['BR', 6],
  ['JP', 6],
  ['CA', 5],
  ['NL', 4],
  [undefined, 5],
]);

/** Makes up the person behind user number `index` (from 0: `user_001`). */
export function makePerson(index: number, random: Random): Person {
  const chosen = DEVICES.pick(random);
  const country = COUNTRIES.pick(random);
  const [viewportWidth, viewportHeight] = chosen.viewports[random.below(chosen.viewports.length)];
  return {
    userId: `user_${String(index + 1).padStart(3, '0')}`,
    context: Object.freeze({ browser: chosen.browser, os: chosen.os, device: chosen.device, ...(country ? { country } : {}) }),
    userAgent: chosen.userAgent,
    viewportWidth,
    viewportHeight,
    exitChance: 0.05 + 0.3 * random.unit(),
  };
}
