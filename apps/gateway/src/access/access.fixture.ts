import type { CreatedKeyDto, CreatedLinkDto, PersonDto } from '@analytics/dto';
import type { RunningGateway } from '../gateway.fixture.js';

/** A password that every person of a spec has. */
export const PASSWORD = 'a password for specs';

/** Makes a person who may sign in with the {@link PASSWORD}. */
export async function makePerson(gateway: RunningGateway, email: string, role: 'viewer' | 'admin'): Promise<PersonDto> {
  const { status, body } = await gateway.json<PersonDto>('/api/v1/people', {
    method: 'POST',
    body: { email, name: 'A person of specs', role, password: PASSWORD },
  });
  if (status !== 201) throw new Error(`${email} could not be made: ${JSON.stringify(body)}`);
  return body;
}

/** Makes a key. */
export async function makeKey(gateway: RunningGateway, project: string, scope: 'ingest' | 'read' | 'admin'): Promise<CreatedKeyDto> {
  const asked = { method: 'POST', body: { scope, name: 'spec' } };
  const { status, body } = await gateway.json<CreatedKeyDto>(`/api/v1/projects/${project}/keys`, asked);
  if (status !== 201) throw new Error(`a key of ${project} could not be made: ${JSON.stringify(body)}`);
  return body;
}

/** Makes a link to the overview of a project. @returns it, and its token as the key with which a client asks. */
export async function makeLink(gateway: RunningGateway, project: string, search: object = {}): Promise<CreatedLinkDto & { key: string }> {
  const asked = { method: 'POST', body: { name: 'spec', page: 'overview', search: JSON.stringify(search) } };
  const { status, body } = await gateway.json<CreatedLinkDto>(`/api/v1/links?project=${project}`, asked);
  if (status !== 201) throw new Error(`a link to ${project} could not be made: ${JSON.stringify(body)}`);
  return { ...body, key: body.token };
}
