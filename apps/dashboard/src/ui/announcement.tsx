import { useState } from 'react';
import { useNow } from '../live/use-freshness.js';

const EVERY_MS = 30_000;

/** A number that changes all the time, for screen readers: once in half a minute. */
export function Announcement({ words }: { words: string }) {
  const half = Math.floor(useNow() / EVERY_MS);
  const [said, setSaid] = useState({ half, words });
  if (said.half !== half) setSaid({ half, words });
  return (
    <span role="status" className="sr-only">
      {said.words}
    </span>
  );
}
