import type { StoredEventDto } from '@analytics/dto';
import { duration } from '../ui/format.js';

const string = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');

/** The one thing that a reader wants to know of an event, in one line. */
export function summaryOf({ eventType, properties, pagePath }: StoredEventDto): string {
  switch (eventType) {
    case 'page_view':
      return pagePath ?? string(properties.page_url);
    case 'button_click':
      return [string(properties.button_text) || string(properties.button_id), pagePath && `on ${pagePath}`].filter(Boolean).join(' ');
    case 'api_call': {
      const took = typeof properties.duration_ms === 'number' ? duration(properties.duration_ms) : '';
      const call = `${string(properties.method)} ${string(properties.endpoint)}`.trim();
      return [call, string(properties.status_code), took].filter(Boolean).join(' · ');
    }
    case 'error':
      return [string(properties.error_type), string(properties.message)].filter(Boolean).join(': ');
    default:
      return Object.keys(properties).length === 0 ? 'no properties' : JSON.stringify(properties).slice(0, 300);
  }
}
