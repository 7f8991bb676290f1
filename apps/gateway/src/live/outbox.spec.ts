import { Outbox, type Line } from './outbox.js';

/** A line that takes one message and is then busy until it is told that the message has left. */
class SlowLine implements Line {
  writable = true;
  private listeners: (() => void)[] = [];

  once(_event: 'ready', listener: () => void): void {
    this.listeners.push(listener);
  }

  send(message: string, sent: string[]): void {
    sent.push(message);
    this.writable = false;
  }

  ready(): void {
    this.writable = true;
    this.listeners.splice(0).forEach((listener) => listener());
  }

  get waitingListeners(): number {
    return this.listeners.length;
  }
}

describe('Outbox', () => {
  let line: SlowLine;
  let outbox: Outbox;
  let sent: string[];
  const put = (slot: string, message: string): void => outbox.put(slot, () => line.send(message, sent));

  beforeEach(() => {
    line = new SlowLine();
    outbox = new Outbox(() => line);
    sent = [];
  });

  it('sends at once when the line is free', () => {
    put('a', 'a1');
    expect(sent).toEqual(['a1']);
  });

  it('sends a slow client the newest message of each slot, not every one', () => {
    put('a', 'a1');
    for (let version = 2; version <= 100; version++) {
      put('a', `a${version}`);
      put('b', `b${version}`);
    }
    expect(sent).toEqual(['a1']);
    line.ready();
    line.ready();
    line.ready();
    expect(sent).toEqual(['a1', 'a100', 'b100']);
  });

  it('holds one message a slot and one listener for a client that never reads', () => {
    for (let version = 1; version <= 10_000; version++) put('a', `a${version}`);
    expect(sent).toEqual(['a1']);
    expect(line.waitingListeners).toBe(1);
  });

  it('does not send what was dropped while it waited', () => {
    put('a', 'a1');
    put('b', 'b1');
    outbox.drop('b');
    line.ready();
    expect(sent).toEqual(['a1']);
  });

  it('goes on over the new line when polling is upgraded to WebSocket', () => {
    put('a', 'a1');
    put('a', 'a2');
    line = new SlowLine();
    outbox.flush();
    expect(sent).toEqual(['a1', 'a2']);
  });
});
