import { useLocation, useSearch } from '@tanstack/react-router';
import { Share2 } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { isShared, pageAt } from '../routes/pages.js';
import { DEFAULT_PROJECT, type ViewSearch } from '../routes/view.js';
import { MenuControl } from './drop-down.js';
import { loadedAhead } from './loaded-ahead.js';

const ShareItems = loadedAhead(() => import('./share-items.js'));
const SaveView = lazy(() => import('../panels/save-view.js').then(({ SaveView: component }) => ({ default: component })));
const ShareLink = lazy(() => import('../panels/share-link.js').then(({ ShareLink: component }) => ({ default: component })));

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
      <MenuControl label="Share and saved views" track="share-menu" shown={<Share2 aria-hidden className="size-4" />}>
        <ShareItems project={project} page={page} onSave={() => setDialog('save')} onShare={() => setDialog('share')} />
      </MenuControl>
      <Suspense>
        {dialog === 'save' && <SaveView view={view} onClose={close} />}
        {dialog === 'share' && isShared(page) && <ShareLink view={{ ...view, page }} onClose={close} />}
      </Suspense>
    </>
  );
}
