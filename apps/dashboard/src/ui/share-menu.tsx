import { Menu } from '@base-ui/react/menu';
import { useQuery } from '@tanstack/react-query';
import { useLocation, useNavigate, useSearch } from '@tanstack/react-router';
import { Bookmark, Check, Link2, Settings2, Share2, Users, type LucideIcon } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { viewsQuery } from '../api/views.js';
import { addressOf, isShared, pageAt } from '../routes/pages.js';
import { DEFAULT_PROJECT, type ViewSearch } from '../routes/view.js';

const SaveView = lazy(() => import('../panels/save-view.js').then(({ SaveView: component }) => ({ default: component })));
const ShareLink = lazy(() => import('../panels/share-link.js').then(({ ShareLink: component }) => ({ default: component })));
const POPUP =
  'card max-h-[min(32rem,var(--available-height))] w-72 max-w-[calc(100vw-1.5rem)] overflow-y-auto p-1.5 shadow-lg outline-hidden';
const ITEM = 'flex min-h-9 w-full items-center gap-2 rounded-md px-2 text-left outline-hidden data-highlighted:bg-raised data-disabled:opacity-50';

/** Everything about handing on what is on screen: the address, saved views, read-only links. */
export function ShareMenu() {
  const page = useLocation({ select: ({ pathname }) => pageAt(pathname) });
  const search = useSearch({ strict: false }) as ViewSearch;
  const [dialog, setDialog] = useState<'save' | 'share' | null>(null);
  if (!page) return null;
  const project = search.project ?? DEFAULT_PROJECT;
  const view = { project, page, search: search as Record<string, unknown> };
  const close = () => setDialog(null);
  return (
    <>
      <Menu.Root>
        <Menu.Trigger className="control" aria-label="Share and saved views" title="Share and saved views" data-track="share-menu">
          <Share2 aria-hidden className="size-4" />
        </Menu.Trigger>
        <Menu.Portal>
          <Menu.Positioner align="end" sideOffset={4} className="z-40">
            <Menu.Popup className={POPUP}>
              <CopyItem />
              <Item icon={Bookmark} track="view-save" words="Save this view …" onClick={() => setDialog('save')} />
              <Item
                icon={Link2}
                track="link-share"
                words={isShared(page) ? 'Share read-only link …' : 'This page cannot be shared read-only'}
                disabled={!isShared(page)}
                onClick={() => setDialog('share')}
              />
              <Menu.Separator className="my-1.5 h-px bg-line" />
              <SavedViews project={project} />
            </Menu.Popup>
          </Menu.Positioner>
        </Menu.Portal>
      </Menu.Root>
      <Suspense>
        {dialog === 'save' && <SaveView view={view} onClose={close} />}
        {dialog === 'share' && isShared(page) && <ShareLink view={{ ...view, page }} onClose={close} />}
      </Suspense>
    </>
  );
}

interface ItemProps {
  icon: LucideIcon;
  words: string;
  track: string;
  onClick: () => void;
  disabled?: boolean;
  closeOnClick?: boolean;
}

function Item({ icon: Icon, words, track, ...item }: ItemProps) {
  return (
    <Menu.Item className={ITEM} data-track={track} {...item}>
      <Icon aria-hidden className="size-4 shrink-0 text-muted" /> <span className="min-w-0 break-words">{words}</span>
    </Menu.Item>
  );
}

function CopyItem() {
  const [copied, setCopied] = useState<boolean | null>(null);
  const copy = () =>
    void Promise.resolve(navigator.clipboard?.writeText(window.location.href) ?? Promise.reject(new Error('no clipboard'))).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  const words = copied === null ? 'Copy link' : copied ? 'Copied' : 'Copy it from the address bar';
  return <Item icon={copied ? Check : Link2} track="link-copy" words={words} closeOnClick={false} onClick={copy} />;
}

/** Asked for when the menu is opened. */
function SavedViews({ project }: { project: string }) {
  const { data: views, error } = useQuery(viewsQuery(project));
  const navigate = useNavigate();
  const label = error ? `Saved views could not be loaded: ${error.message}` : views?.length === 0 ? 'No saved view yet' : 'Saved views';
  return (
    <Menu.Group>
      <Menu.GroupLabel className="px-2 py-1 text-xs text-muted">{label}</Menu.GroupLabel>
      {views?.map((view) => (
        <Item
          key={view.id}
          icon={view.forEveryone ? Users : Bookmark}
          track="view-open"
          words={view.name}
          onClick={() => void navigate(addressOf(view))}
        />
      ))}
      <Item
        icon={Settings2}
        track="views-manage"
        words="Manage views and links"
        onClick={() => void navigate({ to: '/settings', search: (previous) => ({ ...previous, tab: 'sharing' }) })}
      />
    </Menu.Group>
  );
}
