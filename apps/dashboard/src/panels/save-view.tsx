import type { SavedViewDto, ViewPage } from '@analytics/dto';
import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { typedInto, useChange } from '../api/access.js';
import { answered, api } from '../api/gateway-client.js';
import { viewsQuery } from '../api/views.js';
import { Choice, Field, FormError } from '../ui/field.js';
import { Modal } from '../ui/modal.js';

/** What is on screen: a page of a project, and its address. */
export interface ShownView {
  project: string;
  page: ViewPage;
  search: Record<string, unknown>;
}

interface Typed {
  over?: string;
  name?: string;
  everyone?: string;
}

/** Keeps what is on screen under a name, or in the place of an older view. */
export function SaveView({ view: { project, page, search }, onClose }: { view: ShownView; onClose: () => void }) {
  const query = viewsQuery(project);
  const { data: views = [] } = useQuery(query);
  const [over, setOver] = useState('');
  const own = views.filter(({ mayChange }) => mayChange);
  const save = useChange(
    query.queryKey,
    ({ name = '', everyone }: Typed): Promise<SavedViewDto> => {
      const address = { page, search: JSON.stringify(search) };
      const query = { project };
      if (over !== '') return answered(api.PATCH('/api/v1/views/{id}', { params: { path: { id: Number(over) }, query }, body: address }));
      const body = { ...address, name, forEveryone: everyone === 'yes' };
      return answered(api.POST('/api/v1/views', { params: { query }, body }));
    },
    onClose,
  );
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (!save.isPending) save.mutate(typedInto<Typed>(event.currentTarget));
  };
  return (
    <Modal title="Save this view" onClose={onClose}>
      <form onSubmit={submit} className="flex flex-col gap-3">
        {own.length > 0 && (
          <Choice label="Save as" name="over" value={over} onChange={({ target }) => setOver(target.value)}>
            <option value="">a new view</option>
            {own.map(({ id, name }) => (
              <option key={id} value={id}>
                instead of: {name}
              </option>
            ))}
          </Choice>
        )}
        {over === '' && (
          <>
            <Field
              label="Name"
              name="name"
              maxLength={100}
              required
              autoFocus
              autoComplete="off"
              hint="Periods such as the last 7 days stay relative."
            />
            <Choice label="Who sees it" name="everyone" defaultValue="no">
              <option value="no">only I</option>
              <option value="yes">everybody who is signed in</option>
            </Choice>
          </>
        )}
        <FormError error={save.error} />
        <button type="submit" className="control control-main" data-track="view-save-now" aria-disabled={save.isPending}>
          Save
        </button>
      </form>
    </Modal>
  );
}
