import { Check, Copy } from 'lucide-react';
import { useState } from 'react';

/** Text to be pasted elsewhere, with a button that copies it. */
export function Snippet({ title, name, code }: { title: string; name: string; code: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(code);
    setCopied(true);
    setTimeout(() => setCopied(false), 2000);
  };
  return (
    <figure className="overflow-hidden rounded-lg border border-line">
      <figcaption className="flex h-9 items-center gap-2 border-b border-line bg-raised pr-1 pl-3 text-[13px] font-medium">
        <span className="min-w-0 truncate">{title}</span>
        <button
          type="button"
          data-track={`copy-${name}`}
          className="ml-auto flex h-7 items-center gap-1.5 rounded-md px-2 text-muted hover:text-ink"
          onClick={() => void copy().catch(() => setCopied(false))}
        >
          {copied ? <Check aria-hidden className="size-3.5" /> : <Copy aria-hidden className="size-3.5" />}
          {copied ? 'Copied' : 'Copy'}
        </button>
      </figcaption>
      <pre tabIndex={0} className="overflow-x-auto p-3 font-mono text-xs leading-5">
        {code}
      </pre>
    </figure>
  );
}
