import type { LiveFrame, SubscribeReply } from '@analytics/dto';
import { commit, CountingQuery, ManualClock, settle } from './live-feed.fixture.js';
import { LiveFeed } from './live-feed.js';
import { LivePacket } from './live-packet.js';
import { LiveSession, type LiveSocket } from './live-session.js';

/** A socket whose line takes one packet, and is then busy until it is told that the packet has left. */
class SlowSocket {
  readonly packets: string[] = [];
  private listeners: (() => void)[] = [];
  readonly conn = {
    transport: { writable: true, once: (_event: 'ready', listener: () => void) => this.listeners.push(listener) },
    send: (packet: string) => {
      this.packets.push(packet);
      this.conn.transport.writable = false;
    },
  };

  leave(): void {
    this.conn.transport.writable = true;
    for (const listener of this.listeners.splice(0)) listener();
  }

  get frames(): LiveFrame[] {
    return this.packets.map((packet) => (JSON.parse(packet.slice(1)) as ['frame', LiveFrame])[1]);
  }
}

describe('LiveSession', () => {
  let clock: ManualClock;
  let feed: LiveFeed;
  let query: CountingQuery;
  let socket: SlowSocket;
  let session: LiveSession;
  let pushed: number;

  beforeEach(() => {
    clock = new ManualClock();
    feed = new LiveFeed({ clock, keepMs: 90_000 });
    query = new CountingQuery();
    socket = new SlowSocket();
    pushed = 0;
    session = new LiveSession(socket as unknown as LiveSocket, feed, {
      explain: (error) => ({ type: '', title: '', status: 503, detail: String(error), errors: [] }),
      onPush: () => pushed++,
    });
  });
  afterEach(() => feed.close());

  const subscribe = async (): Promise<SubscribeReply[]> => {
    const replies: SubscribeReply[] = [];
    await session.subscribe({ id: 'a"b', open: () => Promise.resolve(query) }, (reply) => replies.push(reply));
    await settle();
    return replies;
  };
  const pulse = (at: number): void => session.pulse(LivePacket.of('pulse', JSON.stringify({ at })));
  const change = async (): Promise<void> => {
    feed.changed(commit());
    await clock.pass(250);
  };

  it('sends a slow viewer one frame for all that it missed, and queues nothing', async () => {
    expect(await subscribe()).toMatchObject([{ ok: true, frame: { number: 1, snapshot: { reads: 1 } } }]);
    for (let time = 0; time < 50; time++) await change();
    expect(socket.packets).toHaveLength(1);
    socket.leave();
    socket.leave();
    expect(socket.frames).toMatchObject([
      { id: 'a"b', from: 1, number: 2 },
      { id: 'a"b', from: 2, number: query.reads, patch: { head: { reads: query.reads } } },
    ]);
    expect(pushed).toBe(2);
  });

  it('sends nothing twice when nothing has changed since', async () => {
    await subscribe();
    await change();
    await change();
    for (let time = 0; time < 5; time++) socket.leave();
    expect(socket.frames.map(({ number }) => number)).toEqual([2, 3]);
  });

  it('sends pulses with the frames that come anyway, and by themselves where none do', async () => {
    await subscribe();
    const after = async (step: () => unknown): Promise<unknown> => {
      const before = socket.packets.length;
      await step();
      for (let time = 0; time < 3; time++) socket.leave();
      return socket.packets.slice(before).map((packet) => packet.slice(3, packet.indexOf('}')));
    };
    expect(await after(() => pulse(1))).toEqual(['pulse",{"at":1']);
    expect(await after(change)).toEqual([expect.stringContaining('frame"')]);
    expect(await after(() => pulse(2))).toEqual([]);
    expect(await after(change)).toEqual(['pulse",{"at":2', expect.stringContaining('frame"')]);
    expect(await after(() => pulse(3))).toEqual([]);
    expect(await after(() => pulse(4))).toEqual(['pulse",{"at":4']);
    expect(await after(() => pulse(5))).toEqual(['pulse",{"at":5']);
  });

  it('refuses whose first answer cannot be read, subscribes nothing, and leaves nobody behind', async () => {
    query.error = new Error('away');
    expect(await subscribe()).toMatchObject([{ ok: false, problem: { detail: 'Error: away' } }]);
    expect(session.size).toBe(0);
    const reads = query.reads;
    await clock.pass(10_000);
    expect(query.reads).toBe(reads);
  });
});
