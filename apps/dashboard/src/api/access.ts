import { useMutation, useQueryClient, type QueryKey } from '@tanstack/react-query';
import { answered, api } from './gateway-client.js';

/** The keys of a project, or with `null` those for all projects. */
export const keysQuery = (project: string | null) => ({
  queryKey: ['keys', project],
  queryFn: ({ signal }: { signal: AbortSignal }) => 
    answered(
      project === null
        ? api.GET('/api/v1/keys', { signal })
        : api.GET('/api/v1/projects/{project}/keys', { params: { path: { project } }, signal }),
    ),
});

export const peopleQuery = {
  queryKey: ['people'],
  queryFn: ({ signal }: { signal: AbortSignal }) => answered(api.GET('/api/v1/people', { signal })),
};

/** Where the person is signed in. */
export const sessionsQuery = {
  queryKey: ['sessions'],
  queryFn: ({ signal }: { signal: AbortSignal }) => answered(api.GET('/api/v1/sessions', { signal })),
};

/** A change whose success makes the list under this key be asked for again. */
export function useChange<Input, Output>(list: QueryKey, change: (input: Input) => Promise<Output>, onDone?: (output: Output) => void) {
  const client = useQueryClient();
  return useMutation<Output, Error, Input>({
    mutationFn: change,
    onSuccess: (output) => {
      onDone?.(output);
      void client.invalidateQueries({ queryKey: list });
    },
  });
}

/** What was typed into a form whose fields are named as those of `Body`, without what was left empty. */
export const typedInto = <Body>(form: HTMLFormElement): Body =>
  Object.fromEntries([...new FormData(form)].filter(([, value]) => typeof value === 'string' && value !== '')) as Body;
