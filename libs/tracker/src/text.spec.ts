import { bare, clientOf, clip } from './text.js';

describe('clip', () => {
  it('cuts to the limit, and leaves no half of a surrogate pair behind', () => {
    expect(clip('abcdef', 3)).toBe('abc');
    expect(clip('ab🙂', 3)).toBe('ab');
    expect(clip('ab🙂', 4)).toBe('ab🙂');
  });

  it('drops what the collector would refuse: NUL and lone surrogates', () => {
    expect(clip('a\u0000b\ud83dc\ude42d')).toBe('abcd');
  });

  it('makes a text of anything', () => {
    expect([undefined, null, 7, { a: 1 }].map((value) => clip(value))).toEqual(['undefined', 'null', '7', '[object Object]']);
  });
});

describe('bare', () => {
  it.each([
    ['https://shop.example/cart?token=secret#top', 'https://shop.example/cart'],
    ['http://localhost:3000/', 'http://localhost:3000/'],
  ])('takes query and fragment off %s', (url, expected) => {
    expect(bare(url)).toBe(expected);
  });

  it.each(['', 'android-app://com.example', 'javascript:alert(1)', 'file:///home/x.html'])('knows no page for %p', (url) => {
    expect(bare(url)).toBeUndefined();
  });
});

describe('clientOf', () => {
  const WEBKIT = 'AppleWebKit/537.36 (KHTML, like Gecko)';
  it.each([
    [`(Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0`, 'Edg', 'Windows'],
    [`(Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/126.0.0.0 Safari/537.36 OPR/111.0.0.0`, 'OPR', 'Windows'],
    [`(Linux; Android 14; Pixel 8) ${WEBKIT} Chrome/126.0.0.0 Mobile Safari/537.36`, 'Chrome', 'Android'],
    [`(X11; CrOS x86_64 14541.0.0) ${WEBKIT} Chrome/126.0.0.0 Safari/537.36`, 'Chrome', 'CrOS'],
    ['(Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15', 'Safari', 'Mac OS'],
    [
      '(iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
      'Safari',
      'iPhone',
    ],
    ['(X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0', 'Firefox', 'Linux'],
    ['curl/8.5.0', 'Other', 'Linux'],
  ])('tells %s', (userAgent, browser, os) => {
    expect(clientOf(`Mozilla/5.0 ${userAgent}`)).toEqual({ browser, os });
  });
});
