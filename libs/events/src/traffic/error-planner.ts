import type { Random } from './random.js';
import { PAGES } from './shop-site.js';

/** How often a page view is followed by an error in the long run: 5 % of all events where 70 % are page views. */
const ERRORS_PER_VIEW = 5 / 70;
/** What an incident may add, so that even an incident of the home page leaves most of the share to ordinary errors. */
const INCIDENT_ERRORS_PER_VIEW = 0.05;
const INCIDENT_CHANCE = 0.6;
/** An excess of 100 errors lowers the ordinary chance by one percentage point: incidents show, and the long-run share holds. */
const VIEWS_TO_BALANCE = 10_000;

const MEAN_GAP_MS = 15 * 60_000;
const MIN_DURATION_MS = 60_000;
const MEAN_EXTRA_MS = 120_000;

interface Fault {
  type: string;
  message: string;
  at: string;
}

export const FAULTS: readonly Fault[] = [
  {
    type: 'TypeError',
    message: "Cannot read properties of undefined (reading 'price')",
    at: 'renderPrice (https://shop.example/assets/app.js:1:48213)',
  },
  { type: 'TypeError', message: 'cart.items.map is not a function', at: 'CartList (https://shop.example/assets/cart.js:1:9121)' },
  { type: 'ReferenceError', message: 'dataLayer is not defined', at: 'trackGoal (https://shop.example/assets/goals.js:1:312)' },
  { type: 'NetworkError', message: 'Failed to fetch', at: 'request (https://shop.example/assets/api.js:1:2077)' },
  { type: 'ChunkLoadError', message: 'Loading chunk 7 failed', at: 'importPage (https://shop.example/assets/router.js:1:5540)' },
  { type: 'TimeoutError', message: 'The operation timed out after 10000 ms', at: 'request (https://shop.example/assets/api.js:1:2391)' },
  { type: 'SyntaxError', message: 'Unexpected token < in JSON at position 0', at: 'JSON.parse (<anonymous>)' },
];

/**
 * Which page views end in an error. Errors cluster: now and then (every 15 minutes on average) one page has an incident of one
 * fault for some minutes. The ordinary chance gives way to incidents, so that the share over all events stays what it should be.
 */
export class ErrorPlanner {
  readonly #random: Random;
  readonly #viewsOf = new Float64Array(PAGES.size);
  #views = 0;
  #errors = 0;
  #incidentFrom: number;
  #incidentUntil: number;
  #incidentPage = -1;
  #incidentFault = 0;

  constructor(random: Random, startAt: number) {
    this.#random = random;
    this.#incidentFrom = startAt + random.exponential() * MEAN_GAP_MS;
    this.#incidentUntil = this.#incidentFrom;
  }

  /** Index of the page that has an incident at the moment, or -1. */
  get incidentPage(): number {
    return this.#incidentPage;
  }

  /** Notes a page view and says which fault it will run into, if any. */
  plan(pageIndex: number, atMs: number): Fault | undefined {
    this.#moveIncident(pageIndex, atMs);
    this.#views++;
    this.#viewsOf[pageIndex]++;
    const struck = pageIndex === this.#incidentPage;
    const balance = (this.#views * ERRORS_PER_VIEW - this.#errors) / VIEWS_TO_BALANCE;
    const chance = struck
      ? Math.min(INCIDENT_CHANCE, (INCIDENT_ERRORS_PER_VIEW * this.#views) / this.#viewsOf[pageIndex])
      : Math.min(0.2, Math.max(0.01, ERRORS_PER_VIEW + balance));
    if (!this.#random.chance(chance)) return undefined;
    this.#errors++;
    return FAULTS[struck ? this.#incidentFault : this.#random.below(FAULTS.length)];
  }

  /** An incident strikes the page that is being seen when it is due, so much-visited pages are struck more often. */
  #moveIncident(pageIndex: number, atMs: number): void {
    if (this.#incidentPage === -1) {
      if (atMs < this.#incidentFrom) return;
      this.#incidentPage = pageIndex;
      this.#incidentFault = this.#random.below(FAULTS.length);
      this.#incidentUntil = atMs + MIN_DURATION_MS + this.#random.exponential() * MEAN_EXTRA_MS;
    } else if (atMs >= this.#incidentUntil) {
      this.#incidentPage = -1;
      this.#incidentFrom = atMs + this.#random.exponential() * MEAN_GAP_MS;
    }
  }
}
