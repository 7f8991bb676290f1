import { z } from 'zod';

/** An address on the web. */
export const httpUrl = z.url({ protocol: /^https?$/, error: 'expected an http or https URL' }).max(2048);
const pageUrl = httpUrl.describe('The page it happened on.');
const sessionId = z.uuid().describe('The same for all events of one visit.');
const text = z.string().min(1).max(1024);
const longText = z.string().min(1).max(16_384);

/** A page was seen. */
export const pageViewProperties = z.looseObject({
  page_url: pageUrl,
  referrer: httpUrl.optional().describe('The page before; absent when there was none.'),
  session_id: sessionId,
  viewport_width: z.int().positive().describe('CSS pixels.'),
  viewport_height: z.int().positive().describe('CSS pixels.'),
});

/** A button or link was pressed. */
export const buttonClickProperties = z.looseObject({
  button_id: text.describe('What identifies the button or link in the application.'),
  button_text: z.string().max(1024).describe('What the user read on it; may be empty.'),
  page_url: pageUrl,
  session_id: sessionId,
  click_x: z.int().describe('CSS pixels from the left of the viewport.'),
  click_y: z.int().describe('CSS pixels from the top of the viewport.'),
});

/** The application called an endpoint. */
export const apiCallProperties = z.looseObject({
  endpoint: text.describe('The path, without origin and query.'),
  method: z.enum(['GET', 'POST', 'PUT', 'DELETE', 'PATCH']),
  status_code: z.int().min(100).max(599).describe('The HTTP status that came back.'),
  duration_ms: z.number().positive().describe('Milliseconds from the call to its answer.'),
  user_agent: z.string().max(1024).describe('The User-Agent header of the caller.'),
});

/** Something failed in the application. */
export const errorProperties = z.looseObject({
  error_type: text.describe('The class of the error.'),
  message: longText.describe('What it said.'),
  stack_trace: longText.optional().describe('Where it came from.'),
  page_url: pageUrl,
  browser: text.describe('Name of the browser.'),
  os: text.describe('Name of the operating system.'),
});

/** The built-in types and the schema of their `properties`; an unknown property is kept. */
export const BUILT_IN_PROPERTIES = {
  page_view: pageViewProperties,
  button_click: buttonClickProperties,
  api_call: apiCallProperties,
  error: errorProperties,
} as const;

export type BuiltInEventType = keyof typeof BUILT_IN_PROPERTIES;
export const BUILT_IN_EVENT_TYPES = Object.keys(BUILT_IN_PROPERTIES) as BuiltInEventType[];

export type PageViewProperties = z.infer<typeof pageViewProperties>;
export type ButtonClickProperties = z.infer<typeof buttonClickProperties>;
export type ApiCallProperties = z.infer<typeof apiCallProperties>;
export type ErrorProperties = z.infer<typeof errorProperties>;
