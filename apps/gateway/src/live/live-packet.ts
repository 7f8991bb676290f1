import type { ServerToClientEvents } from '@analytics/dto';
import type { Socket } from 'socket.io';

type Connection = Socket['conn'];

const FINAL_TEXT = 0x81;
const TWO_BYTES = 126;
const EIGHT_BYTES = 127;
/** What engine.io puts before a message. */
const MESSAGE = '4';

/** An event of Socket.io's default namespace as it travels, encoded once for all who are sent it; `emit` would do that for each. */
export class LivePacket {
  readonly text: string;
  /** The packet as a WebSocket takes it, header included, in one piece: one write and no copy for each viewer. */
  readonly encoded: Buffer;

  /** @param json the event's one argument. */
  constructor(name: keyof ServerToClientEvents, json: string) {
    this.text = `2["${name}",${json}]`;
    this.encoded = webSocketFrame(Buffer.from(MESSAGE + this.text));
  }
}

/** Hands packets to a connection's line, by one write where that is a WebSocket: of a small packet the write is most of what it costs. */
export function send(connection: Connection, ...packets: [LivePacket, ...LivePacket[]]): void {
  if (connection.transport.name !== 'websocket') {
    for (const { text } of packets) connection.send(text);
    return;
  }
  const [first, ...more] = packets;
  const encoded = more.length === 0 ? first.encoded : Buffer.concat(packets.map((packet) => packet.encoded));
  // engine.io's own way for broadcasts; `text` would be encoded if it did not know of it.
  const options = { compress: false, wsPreEncodedFrame: [encoded] };
  connection.send(first.text, options);
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
