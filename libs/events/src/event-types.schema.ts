import { z } from 'zod';

const httpUrl = z.url({ protocol: /^https?$/, error: 'expected an http or https URL' }).max(2048);
const text = z.string().min(1).max(1024);
const longText = z.string().min(1).max(16_384);

/** A page was seen. */
export const pageViewProperties = z.looseObject({
  page_url: httpUrl,
  referrer: httpUrl.optional(),
  session_id: z.uuid(),
  viewport_width: z.int().positive(),
  viewport_height: z.int().positive(),
});

/** A button or link was pressed. */
export const buttonClickProperties = z.looseObject({
  button_id: text,
  button_text: z.string().max(1024),
  page_url: httpUrl,
  session_id: z.uuid(),
  click_x: z.int(),
  click_y: z.int(),
});

/** The application called an endpoint. */
export const apiCallProperties = z.looseObject({
  endpoint: text,
  method: z.enum(['GET', 'POST', 'PUT', 'DELETE', 'PATCH']),
  status_code: z.int().min(100).max(599),
  duration_ms: z.number().positive(),
  user_agent: z.string().max(1024),
});

/** Something failed in the application. */
export const errorProperties = z.looseObject({
  error_type: text,
  message: longText,
  stack_trace: longText.optional(),
  page_url: httpUrl,
  browser: text,
  os: text,
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
