import { Check, Link2 } from 'lucide-react';
import { useState } from 'react';

/** Hands the view on: its address says everything that it shows. */
export function ShareMenu() {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(window.location.href);
    setCopied(true);
    setTimeout(() => setCopied(false), 2000);
  };
  const Icon = copied ? Check : Link2;
  return (
    <button
      type="button"
      className="control"
      aria-label="Copy link"
      title="Copy a link to this view"
      data-track="share-copy"
      onClick={() => void copy().catch(() => setCopied(false))}
    >
      <Icon aria-hidden className="size-4" />
      <span className="max-lg:sr-only" aria-live="polite">
        {copied ? 'Copied' : 'Copy link'}
      </span>
    </button>
  );
}
