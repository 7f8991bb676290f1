import { change } from '../ui/format.js';

/** A change that the eye can take in: by its sign, and by whether it is for the better. */
export function Change({ relative, bad = false, title }: { relative: number | null; bad?: boolean; title: string }) {
  if (relative === null) return null;
  const level = Math.abs(relative) < 0.0005;
  const colour = level ? 'text-muted' : relative > 0 === bad ? 'text-bad' : 'text-good';
  return (
    <span className={`relative z-[1] text-xs font-medium ${colour}`} title={title}>
      {change(relative)}
    </span>
  );
}
