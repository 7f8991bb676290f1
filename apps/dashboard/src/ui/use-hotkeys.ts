import { useEffect } from 'react';

const TAKES_KEYS = 'input, textarea, select, [contenteditable="true"]';
const TAKES_SPACE = 'button, a, summary, [role="button"]';
/** What lies over the page while it is open. */
const OVER_THE_PAGE = '[role="dialog"], [role="alertdialog"], [role="menu"]';

/** Whether the key belongs to something else: text being typed, an open dialog, or Space on what can be pressed. */
function isTaken(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.defaultPrevented) return true;
  if (document.querySelector(OVER_THE_PAGE)) return true;
  const target = event.target instanceof Element ? event.target : null;
  return Boolean(target?.closest(TAKES_KEYS) ?? (event.key === ' ' && target?.closest(TAKES_SPACE)));
}

/** Keys of the whole page, by `event.key`, letters in lower case. The object must keep its identity between renders. */
export function useHotkeys(keys: Readonly<Record<string, () => void>>): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const name = event.key.toLowerCase();
      if (!Object.hasOwn(keys, name) || isTaken(event)) return;
      event.preventDefault();
      keys[name]?.();
    };
    document.addEventListener('keydown', pressed);
    return () => document.removeEventListener('keydown', pressed);
  }, [keys]);
}
