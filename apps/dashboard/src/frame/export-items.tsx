import { Menu } from '@base-ui/react/menu';
import { useView } from '../routes/view.js';

const FORMATS = { csv: 'CSV, for spreadsheets', ndjson: 'NDJSON, one event a line' };

/** The events of the view as a file. */
export default function ExportItems() {
  const { params } = useView();
  return Object.entries(FORMATS).map(([format, label]) => (
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
  ));
}
