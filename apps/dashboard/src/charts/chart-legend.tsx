import type { ChartLine } from './stack.js';

interface ChartLegendProps {
  lines: readonly ChartLine[];
  hidden: readonly string[];
  onToggle: (name: string) => void;
}

/** The lines of a chart by name; each can be taken out and put back. */
export function ChartLegend({ lines, hidden, onToggle }: ChartLegendProps) {
  return (
    <div role="group" aria-label="Event types in the chart" className="flex flex-wrap md:gap-1">
      {lines.map(({ name, label, colour }) => {
        const shown = !hidden.includes(name);
        return (
          <button
            key={name}
            type="button"
            aria-pressed={shown}
            data-track={`legend-${name}`}
            title={shown ? `Hide ${label}` : `Show ${label}`}
            onClick={() => onToggle(name)}
            className={`inline-flex h-7 items-center gap-1.5 rounded-md px-2 text-[13px] hover:bg-raised ${shown ? '' : 'text-muted line-through'}`}
          >
            <span
              className="size-2.5 rounded-[3px] border"
              style={{ background: shown ? `var(${colour})` : 'transparent', borderColor: `var(${colour})` }}
            />
            <span className="max-w-40 truncate">{label}</span>
          </button>
        );
      })}
    </div>
  );
}
