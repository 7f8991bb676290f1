import { TriangleAlert } from 'lucide-react';
import { useId, type InputHTMLAttributes, type ReactNode, type SelectHTMLAttributes } from 'react';

interface Labelled {
  label: string;
  /** Said small below it. */
  hint?: string;
}

/** A line of text to fill in, with its label. */
export function Field({ label, hint, ...input }: Labelled & InputHTMLAttributes<HTMLInputElement>) {
  return <Row label={label} hint={hint} control={(ids) => <input {...ids} className="field" {...input} />} />;
}

/** A choice among a few, with its label. */
export function Choice({ label, hint, children, ...select }: Labelled & SelectHTMLAttributes<HTMLSelectElement>) {
  return (
    <Row
      label={label}
      hint={hint}
      control={(ids) => (
        <select {...ids} className="field" {...select}>
          {children}
        </select>
      )}
    />
  );
}

function Row({ label, hint, control }: Labelled & { control: (ids: { id: string; 'aria-describedby'?: string }) => ReactNode }) {
  const id = useId();
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <label htmlFor={id} className="text-[13px] font-medium">
        {label}
      </label>
      {control(hint ? { id, 'aria-describedby': `${id}-hint` } : { id })}
      {hint && (
        <p id={`${id}-hint`} className="text-xs text-muted">
          {hint}
        </p>
      )}
    </div>
  );
}

/** Why what was sent was not done. */
export function FormError({ error }: { error: Error | null }) {
  if (!error) return null;
  return (
    <p role="alert" className="flex items-start gap-2 text-[13px] text-bad">
      <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
      <span className="min-w-0 break-words first-letter:uppercase">{error.message}</span>
    </p>
  );
}
