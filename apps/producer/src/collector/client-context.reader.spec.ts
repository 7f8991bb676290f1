import { ingestedEventSchema } from '@analytics/events';
import { ClientContextReader } from './client-context.reader.js';

const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1';
const CHROME = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36';
const BOT = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';

describe('the context of a client', () => {
  const reader = new ClientContextReader();

  it.each([
    ['a phone', IPHONE, { browser: 'Safari', os: 'iOS', device: 'mobile' }],
    ['a desktop', CHROME, { browser: 'Chrome', os: 'Windows', device: 'desktop' }],
    ['a robot', BOT, { browser: 'Googlebot', device: 'bot' }],
    ['a program', 'curl/8.5.0', {}],
    ['no user agent', undefined, {}],
  ])('of %s is read from the user agent', (_, userAgent, expected) => expect(reader.read({ 'user-agent': userAgent })).toEqual(expected));

  it.each(['x'.repeat(16_000), `${CHROME}${'('.repeat(8000)}`, `${'z'.repeat(300)}/1.0 (${'y'.repeat(300)})`])(
    'fits into an event however strange the user agent is',
    (userAgent) => {
      const context = reader.read({ 'user-agent': userAgent });
      expect(ingestedEventSchema.pick({ browser: true, os: true, device: true }).safeParse(context).success).toBe(true);
    },
  );

  it('has a country only from the header that the operator trusts', () => {
    const trusting = new ClientContextReader('cf-ipcountry');
    expect(trusting.read({ 'cf-ipcountry': 'de' })).toEqual({ country: 'DE' });
    expect(reader.read({ 'cf-ipcountry': 'de' })).toEqual({});
  });

  it.each(['', 'Germany', '<b>', ['DE', 'FR']])('has no country when the trusted header says %j', (value) => {
    // Node joins repeated headers to text, except some; the type allows both.
    expect(new ClientContextReader('cf-ipcountry').read({ 'cf-ipcountry': value })).toEqual({});
  });
});
