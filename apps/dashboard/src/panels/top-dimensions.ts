import type { TopDimension } from '@analytics/dto';

/** What readers call a ranking, and what they read when it is empty. */
export const DIMENSIONS: Record<TopDimension, { label: string; one: string; empty: string }> = {
  pages: { label: 'Pages', one: 'Page', empty: 'No page views' },
  referrers: { label: 'Referrers', one: 'Referrer', empty: 'No visits from other sites' },
  buttons: { label: 'Buttons', one: 'Button', empty: 'No clicks' },
  endpoints: { label: 'Endpoints', one: 'Endpoint', empty: 'No API calls' },
  errors: { label: 'Errors', one: 'Error', empty: 'No errors' },
  browsers: { label: 'Browsers', one: 'Browser', empty: 'No events with a known browser' },
  systems: { label: 'Systems', one: 'System', empty: 'No events with a known system' },
  devices: { label: 'Devices', one: 'Device', empty: 'No events with a known device' },
  countries: { label: 'Countries', one: 'Country', empty: 'No events with a known country' },
};
