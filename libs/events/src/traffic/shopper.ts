import type { Person } from './audience.js';
import type { ErrorPlanner, FAULTS } from './error-planner.js';
import type { Random } from './random.js';
import { LANDING_PAGES, PAGES, REFERRERS, type Button, type Endpoint, type Page } from './shop-site.js';

/** What happens between two page views, so that 70 : 15 : 10 : 5 comes out for views, clicks, calls and errors. */
const CLICK_CHANCE = 15 / 70;
const CALL_AFTER_CLICK_CHANCE = 0.45;
const CALL_WITHOUT_CLICK_CHANCE = (10 / 70 - CLICK_CHANCE * CALL_AFTER_CLICK_CHANCE) / (1 - CLICK_CHANCE);

const SERVER_FAILURES = [500, 502, 503, 503, 504];
const FAILURE_CHANCE = 0.01;
/** An error on a page is often the failed call behind it. */
const FAILURE_CHANCE_WITH_FAULT = 0.6;
const INCIDENT_SLOWDOWN = 2;
const DURATION_SIGMA = 0.4;

export interface Step {
  type: 'page_view' | 'button_click' | 'api_call' | 'error';
  properties: Record<string, unknown>;
}

/** One person in one session: arrives by a referrer, walks along links, clicks, calls, sometimes fails, and leaves. */
export class Shopper {
  readonly person: Person;
  readonly #random: Random;
  readonly #errors: ErrorPlanner;
  readonly #sessionId: string;
  readonly #pageVariants: number;
  #page: Page;
  #url: string;
  #cameFrom: string | undefined;
  #arrived = false;
  #click: Button | undefined;
  #call: Endpoint | undefined;
  #fault: (typeof FAULTS)[number] | undefined;
  #opens: string | undefined;

  constructor(person: Person, random: Random, errors: ErrorPlanner, pageVariants: number) {
    this.person = person;
    this.#random = random;
    this.#errors = errors;
    this.#sessionId = random.uuidV4();
    this.#cameFrom = REFERRERS.pick(random);
    this.#pageVariants = pageVariants;
    this.#page = pageAt(LANDING_PAGES.pick(random));
    this.#url = this.#urlOf(this.#page);
  }

  /** What this person does next, or `undefined` when they leave. */
  next(atMs: number): Step | undefined {
    if (this.#click) return this.#clickButton(this.#click);
    if (this.#call) return this.#callEndpoint(this.#call);
    if (this.#fault) return this.#runIntoFault(this.#fault);
    if (this.#arrived) {
      if (this.#random.chance(this.person.exitChance)) return undefined;
      this.#cameFrom = this.#url;
      this.#page = pageAt(this.#opens ?? this.#page.next.pick(this.#random));
      this.#url = this.#urlOf(this.#page);
    }
    return this.#viewPage(atMs);
  }

  // No random number is drawn for a single variant, so that its events stay what they were.
  #urlOf({ url }: Page): string {
    return this.#pageVariants === 1 ? url : `${url}/${this.#random.below(this.#pageVariants)}`;
  }

  #viewPage(atMs: number): Step {
    const [random, page, person] = [this.#random, this.#page, this.person];
    this.#arrived = true;
    this.#opens = undefined;
    this.#fault = this.#errors.plan(page.index, atMs);
    if (random.chance(CLICK_CHANCE)) {
      const calls = random.chance(CALL_AFTER_CLICK_CHANCE);
      const buttons = calls ? page.callingButtons : page.plainButtons;
      this.#click = buttons[random.below(buttons.length)];
      this.#call = this.#click.endpoint;
    } else if (random.chance(CALL_WITHOUT_CLICK_CHANCE)) this.#call = page.loads;
    const properties: Record<string, unknown> = {
      page_url: this.#url,
      session_id: this.#sessionId,
      viewport_width: person.viewportWidth,
      viewport_height: person.viewportHeight,
    };
    if (this.#cameFrom !== undefined) properties.referrer = this.#cameFrom;
    return { type: 'page_view', properties };
  }

  #clickButton(button: Button): Step {
    this.#click = undefined;
    this.#opens = button.opens;
    return {
      type: 'button_click',
      properties: {
        button_id: button.id,
        button_text: button.text,
        page_url: this.#url,
        session_id: this.#sessionId,
        click_x: this.#random.below(this.person.viewportWidth),
        click_y: this.#random.below(this.person.viewportHeight),
      },
    };
  }

  #callEndpoint(endpoint: Endpoint): Step {
    const random = this.#random;
    this.#call = undefined;
    const struck = this.#page.index === this.#errors.incidentPage;
    const median = endpoint.medianMs * (struck ? INCIDENT_SLOWDOWN : 1);
    return {
      type: 'api_call',
      properties: {
        endpoint: endpoint.path,
        method: endpoint.method,
        status_code: this.#status(endpoint),
        duration_ms: Math.round(random.logNormal(median, DURATION_SIGMA) * 10) / 10,
        user_agent: this.person.userAgent,
      },
    };
  }

  #status(endpoint: Endpoint): number {
    const random = this.#random;
    if (random.chance(this.#fault ? FAILURE_CHANCE_WITH_FAULT : FAILURE_CHANCE))
      return SERVER_FAILURES[random.below(SERVER_FAILURES.length)];
    const [share, status] = endpoint.refused;
    if (random.chance(share)) return status;
    if (endpoint.method === 'POST') return 201;
    return endpoint.method === 'DELETE' ? 204 : 200;
  }

  #runIntoFault(fault: (typeof FAULTS)[number]): Step {
    this.#fault = undefined;
    const { browser, os } = this.person.context;
    return {
      type: 'error',
      properties: {
        error_type: fault.type,
        message: fault.message,
        stack_trace: `${fault.type}: ${fault.message}\n    at ${fault.at}\n    at ${this.#url}:1:1`,
        page_url: this.#url,
        browser,
        os,
      },
    };
  }
}

function pageAt(path: string): Page {
  const page = PAGES.get(path);
  if (!page) throw new Error(`the shop has no page ${path}`);
  return page;
}
