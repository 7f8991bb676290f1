import { answered, api } from './gateway-client.js';

type Asking = { signal: AbortSignal };

export const viewsQuery = (project: string) => ({
  queryKey: ['views', project],
  queryFn: ({ signal }: Asking) => answered(api.GET('/api/v1/views', { params: { query: { project } }, signal })),
});

export const linksQuery = (project: string) => ({
  queryKey: ['links', project],
  queryFn: ({ signal }: Asking) => answered(api.GET('/api/v1/links', { params: { query: { project } }, signal })),
});
