import { randomUUID } from 'node:crypto';
import type { IngestedEvent } from '@analytics/events';
import { eventItems, type DeadLetter, type EventBatch } from './event-batch.js';

export const STREAM = 'test_events';
export const SESSION = '0190f3a2-0000-7000-8000-00000000abcd';

type Overrides = Partial<IngestedEvent>;

function anEvent(event_type: string, properties: Record<string, unknown>, overrides: Overrides): IngestedEvent {
  const timestamp = overrides.timestamp ?? '2026-03-01T12:00:00.000Z';
  return {
    event_id: randomUUID(),
    project_id: 'shop',
    user_id: 'user_001',
    event_type,
    properties,
    received_at: timestamp,
    ...overrides,
    timestamp,
  };
}

export const customEvent = (properties: Record<string, unknown>, overrides: Overrides = {}): IngestedEvent =>
  anEvent('signed_up', properties, overrides);

export const pageView = (page: string, overrides: Overrides = {}, referrer?: string): IngestedEvent =>
  anEvent(
    'page_view',
    { page_url: page, ...(referrer ? { referrer } : {}), session_id: SESSION, viewport_width: 1280, viewport_height: 720 },
    overrides,
  );

export const buttonClick = (button_id: string, overrides: Overrides = {}): IngestedEvent =>
  anEvent(
    'button_click',
    { button_id, button_text: 'Buy', page_url: 'https://shop.example/', session_id: SESSION, click_x: 1, click_y: 2 },
    overrides,
  );

export const apiCall = (endpoint: string, duration_ms: number, overrides: Overrides = {}): IngestedEvent =>
  anEvent('api_call', { endpoint, method: 'GET', status_code: 200, duration_ms, user_agent: 'test' }, overrides);

export const errorEvent = (error_type: string, overrides: Overrides = {}): IngestedEvent =>
  anEvent('error', { error_type, message: 'boom', page_url: 'https://shop.example/cart', browser: 'Firefox', os: 'Linux' }, overrides);

/** A batch of partition 0 under epoch 1 from the beginning of the stream, unless told otherwise; `deadLetters` follow the events. */
export const aBatch = (
  events: IngestedEvent[],
  { deadLetters = [], ...overrides }: Partial<EventBatch> & { deadLetters?: DeadLetter[] } = {},
): EventBatch => ({
  stream: STREAM,
  partition: 0,
  epoch: 1,
  previousId: '0-0',
  lastId: '1-0',
  sequences: new Map([['producer-a', 1]]),
  items: {
    length: events.length + deadLetters.length,
    at: (index) => (index < events.length ? eventItems(events).at(index) : deadLetters[index - events.length]!),
  },
  positionOf: (index) => ({ entryId: '1-0', itemIndex: index }),
  ...overrides,
});
