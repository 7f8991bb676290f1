import type { PipelineDto, SummaryDto } from '@analytics/dto';
import type { PrivatePipeline } from '@analytics/start';

const given = process.env['E2E_DOORS'];
if (!given) throw new Error('E2E_DOORS is not set; the specs run under jest/global-setup.cjs');

/** The running system's public doors. */
export const doors = JSON.parse(given) as Omit<PrivatePipeline, 'stop'>;

/** Of a request that may see and do everything at the gateway. */
export const asAdmin = { authorization: `Bearer ${doors.adminKey}` };

export async function getJson<T>(url: string): Promise<{ status: number; body: T }> {
  const response = await fetch(url, { headers: asAdmin });
  return { status: response.status, body: (await response.json()) as T };
}

export interface CollectorAnswer {
  accepted: number;
  rejected: number;
  results: { index: number; status: string; event_id?: string; issues?: { path: string; message: string }[] }[];
}

export async function send(body: unknown, key = doors.writeKeys.demo): Promise<{ status: number; body: CollectorAnswer }> {
  const response = await fetch(`${doors.collector}/v1/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as CollectorAnswer };
}

export const summary = async (project: string): Promise<SummaryDto> =>
  (await getJson<SummaryDto>(`${doors.gateway}/api/v1/metrics/summary?project=${project}`)).body;

export const pipeline = async (): Promise<PipelineDto> => (await getJson<PipelineDto>(`${doors.gateway}/api/v1/pipeline`)).body;

/** A page view of `userId`, as an application would send it. */
export const pageView = (userId: string, path = '/'): Record<string, unknown> => ({
  event_type: 'page_view',
  user_id: userId,
  properties: {
    page_url: `https://shop.example${path}`,
    session_id: '3f0e7c1e-7a52-4d0e-9c59-0b6c53a1f001',
    viewport_width: 1280,
    viewport_height: 720,
  },
});
