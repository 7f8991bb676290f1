import type { ReactNode } from 'react';

/** The first line of a page: what it is, and what can be chosen on it. */
export function PageHeading({ title, note, children }: { title: string; note?: string; children?: ReactNode }) {
  return (
    <div className="mb-4 flex min-h-9 flex-wrap items-center gap-x-3 gap-y-2">
      <h1 className="text-xl font-semibold tracking-tight">{title}</h1>
      {note && <p className="text-muted">{note}</p>}
      {children && <div className="ml-auto flex items-center gap-2 max-sm:ml-0 max-sm:w-full">{children}</div>}
    </div>
  );
}
