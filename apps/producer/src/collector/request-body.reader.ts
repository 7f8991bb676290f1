import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

export type BodyText = { ok: true; text: string } | { ok: false; status: 400 | 413 | 415; message: string };

const inflate = promisify(gunzip);

const refused = (status: 400 | 413 | 415, message: string): BodyText => ({ ok: false, status, message });

/**
 * Reads a request's body as text, plain or gzipped, up to `limit` bytes on the wire and after inflation.
 * It is called after the write key was checked, so nothing of a stranger's body is kept in memory (a body parser in front of
 * the routes would have read it already). What is left of a refused body is thrown away as it arrives.
 */
export async function readBodyText(req: IncomingMessage, limit: number): Promise<BodyText> {
  const encoding = req.headers['content-encoding']?.toLowerCase() ?? 'identity';
  if (encoding !== 'identity' && encoding !== 'gzip')
    return refused(415, `content-encoding ${JSON.stringify(encoding)} is not taken; send the body plain or with gzip`);
  if (Number(req.headers['content-length'] ?? 0) > limit) return tooLarge(limit, '');
  const received = await receive(req, limit);
  if (received === 'too large') return tooLarge(limit, '');
  if (received === 'aborted') return refused(400, 'the request ended before its body was complete');
  if (encoding === 'identity') return toText(received);
  try {
    return toText(await inflate(received, { maxOutputLength: limit }));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'ERR_BUFFER_TOO_LARGE' ? tooLarge(limit, ' after inflation') : refused(400, `the body is not valid gzip: ${message}`);
  }
}

const tooLarge = (limit: number, when: string): BodyText => refused(413, `the body is larger than ${limit} bytes${when}; send it in parts`);

function toText(body: Buffer): BodyText {
  if (!isUtf8(body)) return refused(400, 'the body is not valid UTF-8');
  const text = body.toString('utf8');
  return { ok: true, text: text.startsWith('\uFEFF') ? text.slice(1) : text };
}

function receive(req: IncomingMessage, limit: number): Promise<Buffer | 'too large' | 'aborted'> {
  return new Promise((resolve) => {
    let chunks: Buffer[] = [];
    let size = 0;
    req.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) chunks.push(chunk);
      else {
        chunks = [];
        resolve('too large');
      }
    });
    req.on('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
    req.on('error', () => resolve('aborted'));
    req.on('close', () => resolve('aborted'));
  });
}
