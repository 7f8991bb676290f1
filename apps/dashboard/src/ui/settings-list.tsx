import type { ReactNode } from 'react';

/** Rows of a settings panel, from edge to edge of its card. */
export function SettingsList({ children }: { children: ReactNode }) {
  return <ul className="-mx-4 -mb-4 border-t border-line">{children}</ul>;
}

interface SettingsRowProps {
  title: ReactNode;
  /** Said below the title. */
  facts: readonly (string | null)[];
  /** Ended: revoked, disabled. */
  over?: boolean;
  actions?: ReactNode;
}

export function SettingsRow({ title, facts, over = false, actions }: SettingsRowProps) {
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-2 border-b border-line px-4 py-2.5 last:border-b-0">
      <div className={`min-w-0 grow basis-64 ${over ? 'opacity-60' : ''}`}>
        <div className={`flex flex-wrap items-center gap-x-2 ${over ? 'line-through' : ''}`}>{title}</div>
        <p className="text-[13px] break-words text-muted">{facts.filter((fact) => fact !== null).join(' · ')}</p>
      </div>
      {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
    </li>
  );
}

/** A word about what something is. */
export const Tag = ({ children }: { children: ReactNode }) => (
  <span className="rounded-md bg-raised px-1.5 py-0.5 text-xs text-muted">{children}</span>
);
