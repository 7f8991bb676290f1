import type { DeadLetterDto } from '@analytics/dto';

interface ReadablePayload {
  form: 'JSON' | 'text' | 'bytes';
  text: string;
  /** Part of it is left out. */
  cut: boolean;
}

/** Beyond this a browser takes long to lay the text out. */
const MAX_CHARACTERS = 200_000;
const MAX_BYTES = 32_768;
const LINE = 16;

/** What was received, as well as it can be read: indented JSON, text, or a dump of its bytes. */
export function readablePayload({ payload, payloadEncoding }: Pick<DeadLetterDto, 'payload' | 'payloadEncoding'>): ReadablePayload {
  if (payloadEncoding === 'base64') {
    const bytes = Uint8Array.from(atob(payload), (letter) => letter.charCodeAt(0));
    return { form: 'bytes', text: hexDump(bytes.subarray(0, MAX_BYTES)), cut: bytes.length > MAX_BYTES };
  }
  const indented = indentedJson(payload);
  const text = indented ?? payload;
  return { form: indented === undefined ? 'text' : 'JSON', text: text.slice(0, MAX_CHARACTERS), cut: text.length > MAX_CHARACTERS };
}

function indentedJson(text: string): string | undefined {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return undefined;
  }
}

/** As of `hexdump -C`: offset, bytes, and what of them is printable ASCII. */
export function hexDump(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let offset = 0; offset < bytes.length; offset += LINE) {
    const line = [...bytes.subarray(offset, offset + LINE)];
    const hex = line.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const ascii = line.map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.')).join('');
    lines.push(`${offset.toString(16).padStart(6, '0')}  ${hex.padEnd(LINE * 3 - 1)}  ${ascii}`);
  }
  return lines.join('\n');
}
