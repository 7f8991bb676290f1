import { X } from 'lucide-react';
import { Snippet } from './snippet.js';

interface ToldOnceProps {
  title: string;
  /** Names the text for the click tracker; the text itself never leaves the page. */
  name: string;
  secret: string;
  /** Said below it. */
  words: string;
  onClose: () => void;
}

/** A key or password that cannot be shown again. */
export function ToldOnce({ title, name, secret, words, onClose }: ToldOnceProps) {
  return (
    <div role="status" className="mb-4 rounded-xl border border-accent bg-accent-soft p-3">
      <Snippet title={title} name={name} code={secret} />
      <div className="mt-2 flex items-start gap-2 text-[13px]">
        <p className="min-w-0 grow">
          <strong className="font-medium">Copy it now: it is not kept and cannot be shown again.</strong> {words}
        </p>
        <button
          type="button"
          className="flex shrink-0 items-center gap-1 text-muted hover:text-ink"
          data-track={`${name}-close`}
          onClick={onClose}
        >
          <X aria-hidden className="size-3.5" /> Done
        </button>
      </div>
    </div>
  );
}
