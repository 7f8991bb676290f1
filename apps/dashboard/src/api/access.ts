import type { KeyDto, PersonDto } from '@analytics/dto';
import { useMutation, useQueryClient, type QueryKey } from '@tanstack/react-query';
import { getJson } from './gateway-client.js';

/** Where the keys of a project are, or with `null` those for all projects. */
export const keysPath = (project: string | null): string => (project === null ? 'keys' : `projects/${project}/keys`);

export const keysQuery = (project: string | null) => ({
  queryKey: ['keys', project],
  queryFn: ({ signal }: { signal: AbortSignal }) => getJson<KeyDto[]>(keysPath(project), {}, signal),
});

export const peopleQuery = {
  queryKey: ['people'],
  queryFn: ({ signal }: { signal: AbortSignal }) => getJson<PersonDto[]>('people', {}, signal),
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

/** What was typed into a form, without what was left empty. */
export const typedInto = (form: HTMLFormElement): Record<string, string> =>
  Object.fromEntries([...new FormData(form)].flatMap(([name, value]) => (typeof value === 'string' && value !== '' ? [[name, value]] : [])));
