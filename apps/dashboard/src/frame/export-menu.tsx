import { Menu } from '@base-ui/react/menu';
import { Download } from 'lucide-react';
import { useView } from '../routes/view.js';
import { MenuPopup } from '../ui/choice-menu.js';

const FORMATS = { csv: 'CSV, for spreadsheets', ndjson: 'NDJSON, one event a line' };

/** The events of the view as a file. */
export function ExportMenu() {
  const { params } = useView();
  return (
    <Menu.Root modal={false}>
      <Menu.Trigger className="control" aria-label="Export" title="Export the events of this view" data-track="export">
        <Download aria-hidden className="size-4" />
      </Menu.Trigger>
      <MenuPopup label="Export">
        {Object.entries(FORMATS).map(([format, label]) => (
          <Menu.LinkItem
            key={format}
            closeOnClick
            className="menu-item"
            data-track={`export-${format}`}
            href={`/api/v1/export?${new URLSearchParams({ ...params, format })}`}
            download={`${params.project}-events.${format}`}
          >
            {label}
          </Menu.LinkItem>
        ))}
      </MenuPopup>
    </Menu.Root>
  );
}
