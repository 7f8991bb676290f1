import { hexDump, readablePayload } from './payload.js';

const base64 = (bytes: number[]): string => btoa(String.fromCharCode(...bytes));

describe('a payload for the eye', () => {
  it('is indented when it is JSON', () => {
    expect(readablePayload({ payload: '{"a":[1]}', payloadEncoding: 'text' })).toEqual({
      form: 'JSON',
      text: '{\n  "a": [\n    1\n  ]\n}',
      cut: false,
    });
  });

  it('is left as it is when it is other text', () => {
    expect(readablePayload({ payload: '{"half', payloadEncoding: 'text' })).toEqual({ form: 'text', text: '{"half', cut: false });
  });

  it('is a dump of its bytes when it is no text', () => {
    const { form, text } = readablePayload({ payload: base64([0xff, 0x00, 0x41]), payloadEncoding: 'base64' });
    expect([form, text]).toEqual(['bytes', `000000  ff 00 41${' '.repeat(39)}  ..A`]);
  });

  it('goes to a new line after sixteen bytes', () => {
    expect(hexDump(Uint8Array.from({ length: 17 }, () => 0x30)).split('\n')).toEqual([
      `000000  ${Array.from({ length: 16 }, () => '30').join(' ')}  ${'0'.repeat(16)}`,
      `000010  30${' '.repeat(45)}  0`,
    ]);
  });

  it('is cut where a browser would take long to show it', () => {
    expect(readablePayload({ payload: 'x'.repeat(300_000), payloadEncoding: 'text' })).toMatchObject({ cut: true });
    expect(readablePayload({ payload: base64(Array.from({ length: 40_000 }, () => 0xff)), payloadEncoding: 'base64' }).cut).toBe(true);
  });
});
