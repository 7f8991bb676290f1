import type { StoredEventDto } from '@analytics/dto';
import { useCallback, useRef, useState } from 'react';

/**
 * A list that can be held still while newer ones arrive behind it. It is held while the reader points at it, has the focus in it,
 * has scrolled it or opened a row; it is let go when all of that is over, or when the reader asks for the new ones.
 */
export function useHeldList(events: readonly StoredEventDto[]) {
  const [kept, setKept] = useState<readonly StoredEventDto[] | null>(null);
  const [open, setOpen] = useState<string | null>(null);
  const list = useRef<HTMLDivElement>(null);

  const hold = useCallback(() => setKept((before) => before ?? events), [events]);
  const letGo = useCallback(
    (how?: unknown) => {
      if (how === 'anyway') {
        setOpen(null);
        list.current?.scrollTo({ top: 0 });
      } else if (open !== null || (list.current?.scrollTop ?? 0) > 0) return;
      setKept(null);
    },
    [open],
  );
  const toggle = useCallback((eventId: string) => setOpen((before) => (before === eventId ? null : eventId)), []);

  const known = kept && new Set(kept.map(({ eventId }) => eventId));
  const fresh = known ? events.filter(({ eventId }) => !known.has(eventId)).length : 0;
  return { shown: kept ?? events, held: kept !== null, fresh, hold, letGo, open, toggle, list };
}
