import type { IncomingHttpHeaders } from 'node:http';
import type { ServerContext } from '@analytics/events';
import bowser from 'bowser';
import { LRUCache } from 'lru-cache';

/** What a request's headers tell about its sender. */
export type ClientContext = Readonly<Omit<ServerContext, 'project_id'>>;

/** A header may be 16 KB; no real user agent is longer than this. */
const MAX_USER_AGENT_LENGTH = 512;
const MAX_NAME_LENGTH = 64;
const UNKNOWN: ClientContext = Object.freeze({});

/**
 * Reads browser, operating system and kind of device (`desktop`, `mobile`, `tablet`, `tv`, `bot`) from the user agent, and the
 * country from the header that a trusted proxy sets. What cannot be told is left out.
 */
export class ClientContextReader {
  // A few thousand different texts cover nearly all traffic, and parsing costs a hundred times a look-up.
  private readonly known = new LRUCache<string, ClientContext>({ max: 5000 });

  /** @param countryHeader lower-case name of a header that a proxy in front overwrites; without it no country is derived. */
  constructor(private readonly countryHeader?: string) {}

  read(headers: IncomingHttpHeaders): ClientContext {
    const device = this.device(headers['user-agent']);
    const country = this.countryHeader === undefined ? undefined : headers[this.countryHeader];
    return typeof country === 'string' && /^[A-Za-z]{2}$/.test(country) ? { ...device, country: country.toUpperCase() } : device;
  }

  private device(header: string | undefined): ClientContext {
    if (!header) return UNKNOWN;
    const userAgent = header.slice(0, MAX_USER_AGENT_LENGTH);
    let context = this.known.get(userAgent);
    if (!context) this.known.set(userAgent, (context = parse(userAgent)));
    return context;
  }
}

function parse(userAgent: string): ClientContext {
  const { browser, os, platform } = bowser.parse(userAgent);
  const named = Object.entries({ browser: browser.name, os: os.name, device: platform.type });
  return Object.freeze(Object.fromEntries(named.flatMap(([field, name]) => (name ? [[field, name.slice(0, MAX_NAME_LENGTH)]] : []))));
}
