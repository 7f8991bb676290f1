import type { ServerToClientEvents } from '@analytics/dto';
import type { Socket } from 'socket.io';

type Connection = Socket['conn'];

const FINAL_TEXT = 0x81;
const TWO_BYTES = 126;
const EIGHT_BYTES = 127;
/** What engine.io puts before a message. */
const MESSAGE = '4';

/** One or several events of Socket.io's default namespace as they travel, encoded once for all who are sent them; `emit` would do that for each. */
export class LivePacket {
  private latest?: { before: LivePacket; both: LivePacket };

  private constructor(
    /** Each packet, as Socket.io writes it. */
    readonly texts: readonly string[],
    /** All of them as a WebSocket takes them, headers included, in one piece: one write and no copy for each viewer. */
    readonly encoded: Buffer,
  ) {}

  /** @param json the event's one argument. */
  static of(name: keyof ServerToClientEvents, json: string): LivePacket {
    const text = `2["${name}",${json}]`;
    return new LivePacket([text], webSocketFrame(Buffer.from(MESSAGE + text)));
  }

  /** This one behind another. Asked for the same again, as for every viewer of the same state, it is the same. */
  behind(before: LivePacket): LivePacket {
    if (this.latest?.before !== before) {
      const both = new LivePacket([...before.texts, ...this.texts], Buffer.concat([before.encoded, this.encoded]));
      this.latest = { before, both };
    }
    return this.latest.both;
  }
}

/** Hands a packet to a connection's line, which must be free. */
export function send(connection: Connection, { texts, encoded }: LivePacket): void {
  const { transport } = connection;
  if (transport.name !== 'websocket') {
    for (const text of texts) connection.send(text);
    return;
  }
  // engine.io's own way for broadcasts, without the connection's buffer, which is empty while the line is free.
  const options = { compress: false, wsPreEncodedFrame: [encoded] };
  transport.send([{ type: 'message', data: texts[0], options }]);
}

/** A text message in one frame, unmasked as servers send it (RFC 6455, 5.2). */
function webSocketFrame(payload: Buffer): Buffer {
  const { length } = payload;
  if (length < TWO_BYTES) return Buffer.concat([Buffer.of(FINAL_TEXT, length), payload]);
  const long = length > 0xffff;
  const header = Buffer.alloc(long ? 10 : 4);
  header[0] = FINAL_TEXT;
  header[1] = long ? EIGHT_BYTES : TWO_BYTES;
  if (long) header.writeBigUInt64BE(BigInt(length), 2);
  else header.writeUInt16BE(length, 2);
  return Buffer.concat([header, payload]);
}
