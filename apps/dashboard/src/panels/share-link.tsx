import type { CreatedLinkDto, SharedPage } from '@analytics/dto';
import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState, type FormEvent } from 'react';
import { typedInto, useChange } from '../api/access.js';
import { answered, api } from '../api/gateway-client.js';
import { useIsAdmin } from '../api/session.js';
import { sharedAddress } from '../api/shared-link.js';
import { linksQuery, viewsQuery } from '../api/views.js';
import { Field, FormError } from '../ui/field.js';
import { Modal } from '../ui/modal.js';
import { ToldOnce } from '../ui/told-once.js';
import type { ShownView } from './save-view.js';

interface ShareLinkProps {
  /** With an id it is saved already. */
  view: ShownView & { page: SharedPage; id?: number; name?: string };
  onClose: () => void;
}

interface Typed {
  name?: string;
  expires?: string;
}

/** Makes a link with which anybody sees what is on screen, and nothing else. */
export function ShareLink({ view, onClose }: ShareLinkProps) {
  const [made, setMade] = useState<CreatedLinkDto | null>(null);
  const make = useChange(linksQuery(view.project).queryKey, useMakeLink(view), setMade);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (!make.isPending) make.mutate(typedInto<Typed>(event.currentTarget));
  };
  if (made) {
    return (
      <Modal title="Read-only link" onClose={onClose}>
        <ToldOnce
          title={made.name}
          name="link"
          secret={sharedAddress(made.token)}
          words="It can be revoked under Settings, Sharing."
          onClose={onClose}
        />
      </Modal>
    );
  }
  return (
    <Modal title="Share a read-only link" onClose={onClose}>
      <p className="mb-3 text-muted">
        Whoever has the link sees this page, live, without signing in: sums of this project within the filters that are set now. Single
        events and users are not shown; the range can be chosen, and more filters.
      </p>
      <form onSubmit={submit} className="flex flex-col gap-3">
        {view.id === undefined && (
          <Field label="Name" name="name" maxLength={100} required autoFocus autoComplete="off" hint="Told to who opens it." />
        )}
        <Field label="Last day" name="expires" type="date" hint="Left empty, it does not expire." />
        <FormError error={make.error} />
        <button type="submit" className="control control-main" data-track="link-make" aria-disabled={make.isPending}>
          Make link
        </button>
      </form>
    </Modal>
  );
}

/** Who is no administrator shares views of his own, so what he shares is saved as one first; once, however often the rest is tried. */
function useMakeLink({ project, page, search, id }: ShareLinkProps['view']) {
  const isAdmin = useIsAdmin();
  const client = useQueryClient();
  const saved = useRef(id);
  return async ({ name = '', expires }: Typed): Promise<CreatedLinkDto> => {
    const query = { project };
    const expiresAt = expires ? new Date(`${expires}T23:59:59`).toISOString() : undefined;
    const address = { name, page, search: JSON.stringify(search) };
    if (saved.current === undefined && isAdmin)
      return answered(api.POST('/api/v1/links', { params: { query }, body: { ...address, expiresAt } }));
    if (saved.current === undefined) {
      saved.current = (await answered(api.POST('/api/v1/views', { params: { query }, body: { ...address, forEveryone: false } }))).id;
      void client.invalidateQueries({ queryKey: viewsQuery(project).queryKey });
    }
    return answered(api.POST('/api/v1/views/{id}/links', { params: { path: { id: saved.current }, query }, body: { expiresAt } }));
  };
}
