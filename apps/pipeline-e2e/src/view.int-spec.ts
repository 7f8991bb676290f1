import { eventually } from '@analytics/testing';
import type { Page } from 'playwright-core';
import { inBrowser } from './browser.fixture.js';
import { Dashboard, keyNumber, liveState, numbersOfAddress, shownNumbers, untilLive, untilRight } from './dashboard.fixture.js';
import { doors } from './pipeline.client.js';
import { openShop, shopEvents, store, type Shop } from './shop.fixture.js';

const search = (page: Page): Record<string, string> => Object.fromEntries(new URL(page.url()).searchParams);
const chips = (page: Page): Promise<string[]> => page.getByTestId('filter-chip').allTextContents();
const numberIn = (text: string | null): number => Number((text ?? '').replaceAll(/\D/g, ''));

inBrowser('a view', () => {
  let dashboard: Dashboard;
  let shop: Shop;
  let page: Page;

  beforeAll(async () => {
    [dashboard, shop] = await Promise.all([Dashboard.open(), openShop('e2e-view')]);
    page = await dashboard.visit('/');
    await store(shop, shopEvents());
  });
  afterAll(() => dashboard?.close());
  beforeEach(async () => {
    await open('/');
  });
  afterEach(() => {
    expect(dashboard.errors.splice(0)).toEqual([]);
  });

  /** In one window: what it has loaded once is cached. */
  const open = async (address: string): Promise<void> => {
    await dashboard.visit(`${address}${address.includes('?') ? '&' : '?'}project=${shop.id}`, page);
    await untilLive(page);
  };

  it('is narrowed by a press on a row: a chip says so, the numbers are those of REST with that filter, and the chip takes it back', async () => {
    const all = await untilRight(page);
    await page.getByRole('button', { name: '/cart', exact: true }).click();
    await eventually(async () => expect(await chips(page)).toEqual(['Page is /cart']));
    const narrowed = await untilRight(page);
    expect(narrowed[0]).toBeGreaterThan(0);
    expect(narrowed[0]).toBeLessThan(all[0]!);

    await page.getByRole('tab', { name: 'Buttons' }).click();
    await page.getByRole('button', { name: 'pay', exact: true }).click();
    await eventually(async () => expect(await chips(page)).toEqual(['Page is /cart', 'Button is pay']));
    expect((await untilRight(page))[0]).toBe(2);

    await page.getByRole('button', { name: 'Remove filter: Page is /cart' }).click();
    await page.getByRole('button', { name: 'Remove filter: Button is pay' }).click();
    await eventually(async () => expect(await chips(page)).toEqual([]));
    expect((await untilRight(page)).slice(0, 4)).toEqual(all.slice(0, 4));
  });

  it('is narrowed to an hour of the week by a press on the heat map, whose number is then the total', async () => {
    await open('/?period=last_7_days');
    const cells = page.getByRole('button', { name: /: [\d,]+ events$/ });
    const names = await Promise.all((await cells.all()).map((cell) => cell.getAttribute('aria-label')));
    const busiest = names.map((name) => numberIn((name ?? '').split(': ')[1]!)).reduce((best, value, index, all) => (value > all[best]! ? index : best), 0);
    await cells.nth(busiest).click();
    await eventually(async () => expect(await chips(page)).toHaveLength(2));
    const [events] = await untilRight(page);
    expect(events).toBe(numberIn(names[busiest]!.split(': ')[1]!));
  });

  it('is compared with the time before: the changes are those of REST, and a legend says what the lighter line is', async () => {
    await page.keyboard.press('x');
    await eventually(() => expect(search(page)['compare']).toBe('previous_period'));
    await page.getByText('Previous period', { exact: true }).last().waitFor();
    const row = page.getByRole('row').filter({ has: page.getByRole('button', { name: '/products/lamp', exact: true }) });
    // 4 now and 7 in the half hour before.
    await eventually(async () => expect(await row.textContent()).toMatch(/4.*43\s?%/));
    await page.getByRole('button', { name: /^Compare with/ }).click();
    await page.getByRole('button', { name: 'Nothing', exact: true }).click();
    await eventually(() => expect(search(page)).toEqual({ project: shop.id }));
  });

  describe('by the keys that the help names', () => {
    const PERIODS: Record<string, string | undefined> = {
      D: 'today',
      E: 'yesterday',
      W: 'last_7_days',
      M: 'last_30_days',
      Y: 'last_12_months',
      R: undefined,
    };
    /** What each other key does, and how it is undone. */
    const OTHERS: Record<string, (page: Page) => Promise<void>> = {
      C: async (page) => {
        await page.keyboard.press('c');
        await page.getByRole('dialog').getByText('A range of your own').waitFor();
        await eventually(async () => expect(await page.locator(':focus').getAttribute('name')).toBe('from'));
        await page.keyboard.press('Escape');
        await eventually(async () => expect(await page.getByRole('dialog').count()).toBe(0));
      },
      X: async (page) => {
        await page.keyboard.press('x');
        await eventually(() => expect(search(page)['compare']).toBe('previous_period'));
        await page.keyboard.press('x');
        await eventually(() => expect(search(page)['compare']).toBeUndefined());
      },
      '/': async (page) => {
        await page.keyboard.press('/');
        await page.getByRole('dialog', { name: 'Add a filter' }).waitFor();
        await page.keyboard.press('Escape');
        await eventually(async () => expect(await page.getByRole('dialog').count()).toBe(0));
      },
      Space: async (page) => {
        await page.keyboard.press('Space');
        await eventually(async () => expect(await liveState(page)).toBe('paused'));
        await page.keyboard.press('Space');
        await eventually(async () => expect(await liveState(page)).toBe('live'));
      },
      '?': async (page) => {
        await page.keyboard.press('?');
        await page.getByRole('dialog', { name: 'Keys and signs' }).waitFor();
        await page.keyboard.press('Escape');
        await eventually(async () => expect(await page.getByRole('dialog').count()).toBe(0));
      },
    };

    it('shows the range of each, with the numbers of REST', async () => {
      for (const [key, period] of Object.entries(PERIODS)) {
        await page.keyboard.press(key.toLowerCase());
        await eventually(() => expect([key, search(page)]).toEqual([key, { project: shop.id, ...(period && { period }) }]));
        await untilRight(page);
      }
    });

    it.each(Object.keys(OTHERS))('does what %s promises', async (key) => {
      await OTHERS[key]!(page);
      expect(search(page)).toEqual({ project: shop.id });
    });

    it('names no other ones', async () => {
      await page.keyboard.press('?');
      const keys = page.getByRole('dialog').locator('kbd');
      await keys.first().waitFor();
      const names = await keys.allTextContents();
      expect(names.toSorted()).toEqual([...Object.keys(PERIODS), ...Object.keys(OTHERS), 'Esc'].toSorted());
    });

    it('lets them be letters while something is typed', async () => {
      await open('/events');
      const box = page.getByRole('searchbox').or(page.getByRole('textbox')).or(page.getByRole('combobox')).first();
      await box.click();
      await box.pressSequentially('dewmycxr ?/');
      expect(await box.inputValue()).toBe('dewmycxr ?/');
      expect(search(page)).toEqual({ project: shop.id });
      expect([await page.getByRole('dialog').count(), await liveState(page)]).toEqual([0, 'live']);
    });

    it('leads to the Overview from a page that has no range', async () => {
      await open('/live');
      await page.keyboard.press('d');
      await eventually(() => expect(new URL(page.url()).pathname).toBe('/'));
      await untilRight(page);
    });
  });

  it('is all in its address: each change can be opened by somebody else, survives a reload, and is undone by Back', async () => {
    const press = (name: string | RegExp) => page.getByRole('button', { name, exact: typeof name === 'string' }).click();
    const changes: (() => Promise<void>)[] = [
      () => page.keyboard.press('w'),
      () => press('/cart'),
      () => press('Users'),
      () => page.getByRole('tab', { name: 'Errors' }).click(),
      () => press(/as a table/i),
      () => press('Show the numbers'),
      () => page.keyboard.press('x'),
      async () => {
        await page.getByRole('button', { name: /^Granularity/ }).click();
        await page.getByRole('menuitemradio', { name: '1 day' }).click();
      },
    ];
    const looks: { address: string; look: unknown }[] = [];
    const lookOf = async (shown: Page): Promise<unknown> => {
      await untilLive(shown);
      const numbers = await Promise.all(['events', 'users', 'sessions', 'error_rate', 'p95_duration'].map((metric) => keyNumber(shown, metric)));
      expect(numbers).toEqual((await numbersOfAddress(shown)).slice(0, -1));
      const main = shown.getByRole('main');
      const pressed = await main.locator('[aria-pressed=true], [role=tab][aria-selected=true]').allTextContents();
      const controls = await shown.getByRole('region', { name: 'View' }).locator('button[aria-label]').evaluateAll((all) => all.map((each) => each.getAttribute('aria-label')));
      return { numbers, pressed, controls, chips: await chips(shown), heads: await main.getByRole('columnheader').allTextContents() };
    };
    looks.push({ address: page.url(), look: await lookOf(page) });
    for (const change of changes) {
      await change();
      await eventually(() => expect(page.url()).not.toBe(looks.at(-1)!.address));
      looks.push({ address: page.url(), look: await eventually(() => lookOf(page)) });
    }
    const last = looks.at(-1)!;
    await page.reload();
    await eventually(async () => expect(await lookOf(page)).toEqual(last.look));
    const other = await dashboard.visit('/live');
    for (const { address, look } of looks.slice(1)) {
      await other.goto(address);
      await eventually(async () => expect({ address, look: await lookOf(other) }).toEqual({ address, look }));
    }
    await other.close();
    for (const { address, look } of looks.slice(0, -1).reverse()) {
      await page.goBack();
      await eventually(async () => expect({ address: page.url(), look: await lookOf(page) }).toEqual({ address, look }));
    }
  });

  it.each(['/', '/?view=table&service=errors&client=systems&audience=types&content=buttons', '/?client=devices&content=referrers', '/?all=pages', '/live'])(
    'has behind each number of %s that leads to events exactly that many of them',
    async (address) => {
      await open(address);
      // Of users it leads to their events, which are more; it says so.
      const links = await page.locator('[data-track=events-behind]:not([title="Show their events"])').evaluateAll((all) =>
        all.map((link) => ({ href: link.getAttribute('href') ?? '', says: link.textContent ?? '' })),
      );
      const numbers = [...new Map(links.filter(({ says }) => /^[1-9]\d*$/.test(says)).map((link) => [link.href, link])).values()];
      expect(numbers.length).toBeGreaterThan(0);
      const counted = page.getByTestId('events-count');
      for (const { href, says } of numbers) {
        await page.goto(`${doors.gateway}${href}`);
        await eventually(async () => expect({ href, shows: await counted.getAttribute('data-value', { timeout: 5_000 }) }).toEqual({ href, shows: says }));
      }
    },
  );

  it('leads from the number of all events to all of them, and Back', async () => {
    const [events] = await shownNumbers(page);
    await page.getByRole('link', { name: 'The events behind events', exact: true }).click();
    await eventually(async () => expect(await page.getByTestId('events-count').getAttribute('data-value')).toBe(String(events)));
    await page.goBack();
    await untilRight(page);
  });
});
