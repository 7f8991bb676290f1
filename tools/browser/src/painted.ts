import type { PrivatePipeline } from '@analytics/start';
import { chromiumPath, launchChromium } from './chromium.js';

const EVERY_MS = 1_000;

/** Runs in the page: notes when, after the frame that shows it, the chart's total had reached which value. */
function watchChart(): void {
  const painted: [number, number][] = [];
  Object.assign(window, { painted });
  let shown = -1;
  const look = (): void => {
    const total = Number(document.querySelector('[data-testid="chart-events"]')?.getAttribute('data-total') ?? -1);
    if (total !== shown) {
      shown = total;
      // The frame callback runs before the paint, a message posted in it after it.
      const channel = new MessageChannel();
      channel.port1.onmessage = () => painted.push([total, Date.now()]);
      channel.port2.postMessage(null);
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

const sendProbe = (pipeline: PrivatePipeline): Promise<Response> =>
  fetch(`${pipeline.collector}/v1/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${pipeline.writeKeys.self}` },
    body: JSON.stringify({ event_type: 'probe', user_id: 'load-test', properties: {} }),
  });

/**
 * Accepted → painted: sends one event a second to project `self`, which nothing else uses while its page has no tracker key,
 * and looks when a real Chromium has painted a chart that counts it. Both clocks are this machine's.
 * @returns milliseconds per event, or undefined where there is no Chromium.
 */
export async function measurePainted(pipeline: PrivatePipeline, seconds: number): Promise<number[] | undefined> {
  if (!chromiumPath) return undefined;
  const browser = await launchChromium();
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    // Without the tracker nothing but the probes is counted in project self.
    await page.route('**/tracker.js', (route) => route.abort());
    // A project without any event has no chart yet.
    await sendProbe(pipeline);
    await page.request.post(`${pipeline.gateway}/api/v1/session`, { data: pipeline.admin });
    await page.goto(`${pipeline.gateway}/?project=self`);
    await page.getByTestId('chart-events').waitFor();
    await page.evaluate(watchChart);
    const acceptedAt: number[] = [];
    const endsAt = Date.now() + seconds * 1000;
    const before = Number(await page.getByTestId('chart-events').getAttribute('data-total'));
    while (Date.now() < endsAt) {
      await sendProbe(pipeline);
      acceptedAt.push(Date.now());
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS * (0.5 + Math.random())));
    }
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    const painted = await page.evaluate(() => (window as unknown as { painted: [number, number][] }).painted);
    return acceptedAt.map((at, index) => (painted.find(([total]) => total >= before + index + 1)?.[1] ?? Infinity) - at);
  } finally {
    await browser.close();
  }
}
