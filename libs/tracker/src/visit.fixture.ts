import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import type {} from './tracker.js';
import { findChromium, TrackedSite } from './tracked-site.fixture.js';

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A fresh visitor of the tracked site, in a real browser. */
export class Visit {
  page!: Page;
  /** What the page's console warned of. */
  warnings: string[] = [];
  #context!: BrowserContext;

  constructor(readonly site: TrackedSite) {}

  async begin(browser: Browser): Promise<void> {
    this.site.reset();
    this.#context = await browser.newContext({ viewport: { width: 1000, height: 700 } });
    this.page = await this.#context.newPage();
    this.warnings = [];
    this.page.on('console', (message) => message.type() === 'warning' && this.warnings.push(message.text()));
  }

  end(): Promise<void> {
    return this.#context.close();
  }

  newPage(): Promise<Page> {
    return this.#context.newPage();
  }

  /** Opens a page of the site and waits for the tracker. */
  async open(path = '/'): Promise<void> {
    await this.page.goto(this.site.page(path));
    await this.page.waitForFunction(() => window.analytics);
  }

  track(name: string, properties?: object): Promise<void> {
    return this.page.evaluate(([type, data]) => window.analytics?.track(type as string, data as object), [name, properties]);
  }

  /** Hands over what waits, as when the tab is hidden, instead of after a second. */
  flush(): Promise<boolean> {
    return this.page.evaluate(() => dispatchEvent(new Event('visibilitychange')));
  }

  propertiesOf(type: string): Record<string, unknown>[] {
    return this.site.events(type).map(({ properties }) => properties);
  }

  /** How often events of the type were posted, those sent again included. */
  sentTimes(type: string): number {
    return this.site.posts.flatMap(({ events }) => events).filter((event) => event.event_type === type).length;
  }

  kept(): Promise<string> {
    return this.page.evaluate(() => JSON.stringify(localStorage));
  }
}

/** Describes what happens in a real browser; without one the specs are skipped, and the title says why. */
export function describeInBrowser(title: string, specs: (visit: Visit) => void): void {
  const executablePath = findChromium();
  if (!executablePath) {
    describe.skip(`${title} (skipped: no Chromium was found; CHROMIUM_PATH can name one)`, () => specs(new Visit(new TrackedSite())));
    return;
  }
  describe(title, () => {
    const site = new TrackedSite();
    const visit = new Visit(site);
    let browser: Browser;
    beforeAll(async () => {
      await site.start();
      browser = await chromium.launch({ executablePath, args: FLAGS });
    });
    afterAll(async () => {
      await browser?.close();
      await site.stop();
    });
    beforeEach(() => visit.begin(browser));
    afterEach(() => visit.end());
    specs(visit);
  });
}
