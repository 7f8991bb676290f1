import { useState } from 'react';
import { age, momentOf } from './format.js';
import { SettingsRow, Tag } from './settings-list.js';
import { SureButton } from './sure-button.js';

interface RevocableRowProps {
  /** A key or a link; times as ISO 8601. */
  item: {
    name: string;
    /** The first characters of its secret. */
    prefix: string | null;
    createdAt: string;
    createdBy: string | null;
    lastUsedAt: string | null;
    expiresAt: string | null;
    revokedAt: string | null;
  };
  tag: string;
  /** What using it is called. */
  used: string;
  /** Names the button for the click tracker. */
  track: string;
  revoke: { error: Error | null; isPending: boolean; mutate: (nothing: undefined) => void };
}

/** A row of the settings about a secret that was handed out: until when it works, and the button that ends it. */
export function RevocableRow({ item, tag, used, track, revoke }: RevocableRowProps) {
  const { name, prefix, createdAt, createdBy, lastUsedAt, expiresAt, revokedAt } = item;
  const [now] = useState(Date.now);
  const expired = expiresAt !== null && Date.parse(expiresAt) <= now;
  const over = revokedAt !== null || expired;
  return (
    <SettingsRow
      over={over}
      title={
        <>
          <span className="font-medium">{name}</span>
          <Tag>{tag}</Tag>
          {prefix && <code className="font-mono text-xs text-muted">{prefix}…</code>}
        </>
      }
      facts={[
        `made ${momentOf(Date.parse(createdAt))}${createdBy ? ` by ${createdBy}` : ''}`,
        lastUsedAt ? `${used} ${age(Math.max(0, now - Date.parse(lastUsedAt)))} ago` : `never ${used}`,
        revokedAt ? `revoked ${momentOf(Date.parse(revokedAt))}` : null,
        expiresAt && !revokedAt ? `${expired ? 'expired' : 'expires'} ${momentOf(Date.parse(expiresAt))}` : null,
        revoke.error ? `could not be revoked: ${revoke.error.message}` : null,
      ]}
      actions={
        !over && (
          <SureButton
            words="Revoke"
            question="Revoke for good?"
            track={track}
            busy={revoke.isPending}
            onSure={() => revoke.mutate(undefined)}
          />
        )
      }
    />
  );
}
