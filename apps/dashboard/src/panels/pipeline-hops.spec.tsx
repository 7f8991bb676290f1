import type { PipelineDto } from '@analytics/dto';
import { act, cleanup, render, screen } from '@testing-library/react';
import { LiveFeed } from '../live/live-feed.js';
import { eventually, startLiveServer } from '../live/live-server.fixture.js';
import { LiveFeedContext } from '../live/use-live.js';
import { PipelineHops } from './pipeline-hops.js';

const PIPELINE: PipelineDto = {
  asOf: '2026-01-31T12:00:00.000Z',
  storedTotal: 0,
  deadTotal: 0,
  newestReceivedAt: null,
  timeLagMs: 0,
  liveClients: 1,
  hops: {
    createdToAccepted: { p50: 4, p95: 9, p99: 12 },
    acceptedToStored: { p50: 18, p95: 42, p99: 77 },
    storedToPushed: { p50: 11, p95: 260, p99: 301 },
    pushedToPainted: null,
    createdToPainted: null,
  },
  producers: [],
  consumers: [],
  deadLetters: [],
};

describe('the hops of the pipeline page', () => {
  let server: Awaited<ReturnType<typeof startLiveServer>>;
  beforeEach(async () => {
    server = await startLiveServer();
  });
  afterEach(async () => {
    cleanup();
    await server.close();
  });
  const show = (now: () => number) =>
    render(
      <LiveFeedContext value={new LiveFeed(server.connect(), () => undefined, now)}>
        <PipelineHops pipeline={PIPELINE} />
      </LiveFeedContext>,
    );

  it('shows what is known of each, and of the others why it is not, never a zero', () => {
    show(Date.now);
    expect(screen.getAllByRole('listitem').map(({ textContent }) => textContent)).toEqual([
      'created →to acceptedp504.0 msp959.0 msp9912 ms',
      'accepted →to storedp5018 msp9542 msp9977 ms',
      'stored →to pushedp5011 msp95260 msp99301 ms',
      'pushed →to paintedunknown: No browser reported in the last minute',
      'created →to painted, the whole wayunknown: No browser reported in the last minute',
    ]);
  });

  it("says how far this browser's clock is off, once it was compared over the socket", async () => {
    const now = 1_769_860_800_000;
    server.setClock(() => now + 5000);
    show(() => now);
    expect(screen.getByTestId('clock-offset').textContent).toContain('not compared');
    await act(() => eventually(() => expect(screen.getByTestId('clock-offset').textContent).toContain('is 5.00 s behind')));
  });
});
