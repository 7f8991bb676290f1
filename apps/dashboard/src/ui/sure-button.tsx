import { useState } from 'react';

interface SureButtonProps {
  words: string;
  /** Asked after the first press. */
  question: string;
  /** Names the button for the click tracker. */
  track: string;
  busy?: boolean;
  onSure: () => void;
}

/** For what cannot be taken back: it is pressed twice; leaving it takes the first press back. */
export function SureButton({ words, question, track, busy = false, onSure }: SureButtonProps) {
  const [sure, setSure] = useState(false);
  const press = () => {
    if (busy) return;
    if (sure) onSure();
    setSure(!sure);
  };
  return (
    <button
      type="button"
      className={`control h-8 text-[13px] ${sure ? 'border-bad! text-bad!' : ''}`}
      aria-disabled={busy}
      data-track={track}
      onBlur={() => setSure(false)}
      onClick={press}
    >
      {sure ? question : words}
    </button>
  );
}
