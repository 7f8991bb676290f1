import { Menu } from '@base-ui/react/menu';
import type { ViewPage } from '@analytics/dto';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Bookmark, Check, Link2, Settings2, Users, type LucideIcon } from 'lucide-react';
import { useState } from 'react';
import { viewsQuery } from '../api/views.js';
import { addressOf, isShared } from '../routes/pages.js';

interface ShareItemsProps {
  project: string;
  page: ViewPage;
  onSave: () => void;
  onShare: () => void;
}

/** The address, saved views, read-only links. */
export default function ShareItems({ project, page, onSave, onShare }: ShareItemsProps) {
  return (
    <div className="w-68 max-w-full">
      <CopyItem />
      <Item icon={Bookmark} track="view-save" words="Save this view …" onClick={onSave} />
      <Item
        icon={Link2}
        track="link-share"
        words={isShared(page) ? 'Share read-only link …' : 'This page cannot be shared read-only'}
        disabled={!isShared(page)}
        onClick={onShare}
      />
      <Menu.Separator className="my-1.5 h-px bg-line" />
      <SavedViews project={project} />
    </div>
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
    <Menu.Item className="menu-item w-full data-disabled:opacity-50" data-track={track} {...item}>
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
