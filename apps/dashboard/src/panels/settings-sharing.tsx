import type { LinkDto, SavedViewDto, SharedPage } from '@analytics/dto';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useChange } from '../api/access.js';
import { answered, api } from '../api/gateway-client.js';
import { useIsAdmin } from '../api/session.js';
import { linksQuery, viewsQuery } from '../api/views.js';
import { addressOf, isShared } from '../routes/pages.js';
import { momentOf } from '../ui/format.js';
import { Panel, RowsSkeleton } from '../ui/panel.js';
import { RenameRow } from '../ui/rename-row.js';
import { RevocableRow } from '../ui/revocable-row.js';
import { SettingsList, SettingsRow, Tag } from '../ui/settings-list.js';
import { SureButton } from '../ui/sure-button.js';
import { ShareLink } from './share-link.js';

/** The views that are kept of a project, and the links that were handed out. */
export function SettingsSharing({ project }: { project: string }) {
  const [shared, setShared] = useState<(SavedViewDto & { page: SharedPage }) | null>(null);
  const views = useQuery(viewsQuery(project));
  const links = useQuery(linksQuery(project));
  const isAdmin = useIsAdmin();
  return (
    <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-2">
      <Panel title="Saved views" note="of this project" query={views} skeleton={<RowsSkeleton rows={3} height={48} />}>
        {(rows) => (
          <>
            {rows.length === 0 && (
              <p className="py-8 text-center text-muted">There is none yet. Save one with the share button of any page.</p>
            )}
            <SettingsList>
              {rows.map((view) => (
                <ViewRow key={view.id} view={view} onShare={setShared} />
              ))}
            </SettingsList>
          </>
        )}
      </Panel>
      <Panel
        title="Read-only links"
        note={isAdmin ? 'of this project' : 'that you made'}
        query={links}
        skeleton={<RowsSkeleton rows={3} height={48} />}
      >
        {(rows) => (
          <>
            {rows.length === 0 && <p className="py-8 text-center text-muted">There is none yet.</p>}
            <SettingsList>
              {rows.map((link) => (
                <LinkRow key={link.id} link={link} />
              ))}
            </SettingsList>
          </>
        )}
      </Panel>
      {shared && <ShareLink view={shared} onClose={() => setShared(null)} />}
    </div>
  );
}

interface ViewRowProps {
  view: SavedViewDto;
  onShare: (view: SavedViewDto & { page: SharedPage }) => void;
}

function ViewRow({ view, onShare }: ViewRowProps) {
  const [renaming, setRenaming] = useState(false);
  const { id, name, page, project, forEveryone, owner, mayChange, updatedAt } = view;
  const list = viewsQuery(project).queryKey;
  const at = { params: { path: { id }, query: { project } } };
  const change = useChange(
    list,
    (body: { name?: string; forEveryone?: boolean }) => answered(api.PATCH('/api/v1/views/{id}', { ...at, body })),
    () => setRenaming(false),
  );
  const remove = useChange(list, () => answered(api.DELETE('/api/v1/views/{id}', at)));
  if (renaming) return <RenameRow what={name} name={name} track="view-rename" change={change} onCancel={() => setRenaming(false)} />;
  const failed = change.error ?? remove.error;
  return (
    <SettingsRow
      title={
        <>
          <Link {...addressOf(view)} id={`view-${id}`} className="font-medium text-accent underline-offset-2 hover:underline">
            {name}
          </Link>
          <Tag>{page}</Tag>
          {forEveryone && <Tag>for everyone</Tag>}
        </>
      }
      facts={[`by ${owner}`, `saved ${momentOf(Date.parse(updatedAt))}`, failed ? failed.message : null]}
      actions={
        mayChange && (
          <>
            {isShared(page) && <Press words="Share" track="view-share" onPress={() => onShare({ ...view, page })} />}
            <Press words="Rename" track="view-rename" onPress={() => setRenaming(true)} />
            <Press
              words={forEveryone ? 'Make private' : 'For everyone'}
              track="view-everyone"
              onPress={() => change.mutate({ forEveryone: !forEveryone })}
            />
            <SureButton
              words="Delete"
              question="Delete for good?"
              track="view-delete"
              busy={remove.isPending}
              onSure={() => remove.mutate(undefined)}
            />
          </>
        )
      }
    />
  );
}

function Press({ words, track, onPress }: { words: string; track: string; onPress: () => void }) {
  return (
    <button type="button" className="control h-8 text-[13px]" data-track={track} onClick={onPress}>
      {words}
    </button>
  );
}

function LinkRow({ link }: { link: LinkDto }) {
  const { id, project } = link;
  const revoke = useChange(linksQuery(project).queryKey, () =>
    answered(api.DELETE('/api/v1/links/{id}', { params: { path: { id }, query: { project } } })),
  );
  return <RevocableRow item={link} tag={link.page} used="opened" track="link-revoke" revoke={revoke} />;
}
