import { Dialog } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import type { ReactNode, RefObject } from 'react';

const CENTRED = 'fixed top-1/2 left-1/2 z-40 -translate-x-1/2 -translate-y-1/2';

interface ModalProps {
  title: string;
  onClose: () => void;
  /** Has the focus when it opens. Default: the first thing that can have it. */
  initialFocus?: RefObject<HTMLElement | null>;
  children: ReactNode;
}

/** A dialog over the page: the focus stays inside it, Escape and a press beside it close it. Mounted means open. */
export function Modal({ title, onClose, initialFocus, children }: ModalProps) {
  return (
    <Dialog.Root open onOpenChange={(open) => open || onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-[rgb(8_10_15/55%)]" />
        <Dialog.Popup
          initialFocus={initialFocus}
          className={`popup ${CENTRED} flex max-h-[85dvh] w-[min(40rem,calc(100vw-1.5rem))] flex-col p-5`}
        >
          <header className="mb-3 flex items-center gap-3">
            <Dialog.Title className="min-w-0 truncate text-base font-semibold">{title}</Dialog.Title>
            <Dialog.Close aria-label="Close" data-track="dialog-close" className="control ml-auto border-transparent">
              <X aria-hidden className="size-4" />
            </Dialog.Close>
          </header>
          {children}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
