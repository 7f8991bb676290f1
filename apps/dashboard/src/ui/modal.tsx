import { X } from 'lucide-react';
import { useEffect, useRef, type ReactNode } from 'react';

/** A dialog over the page: the browser keeps the focus inside it and closes it with Escape. Mounted means open. */
export function Modal({ title, onClose, children }: { title: string; onClose: () => void; children: ReactNode }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog
      ref={dialog}
      aria-label={title}
      onClose={onClose}
      onClick={(event) => event.target === dialog.current && onClose()}
      className="card w-[min(36rem,calc(100vw-2rem))] p-0"
    >
      <div className="flex max-h-[min(40rem,85vh)] flex-col p-5">
        <header className="mb-3 flex items-center">
          <h2 className="text-base font-semibold">{title}</h2>
          <button
            type="button"
            aria-label="Close"
            data-track="dialog-close"
            className="control ml-auto border-transparent"
            onClick={onClose}
          >
            <X aria-hidden className="size-4" />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}
