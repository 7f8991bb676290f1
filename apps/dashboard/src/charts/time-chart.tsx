import { useLayoutEffect, useRef } from 'react';
import uPlot from 'uplot';
import { useShownTheme } from '../ui/theme.js';
import type { ChartFrame } from './chart-frame.js';
import { drawnTotal } from './stack.js';
import { chartData, chartOptions, type ChartKind } from './uplot-options.js';

interface TimeChartProps {
  kind: ChartKind;
  frame: ChartFrame;
  /** When the data was read; kept on the element next to the total, for whoever measures from outside. */
  asOf: string;
  /** CSS px. */
  height: number;
  /** What the chart shows, for those who cannot see it. */
  label: string;
  testId?: string;
}

/**
 * A stacked chart over time. New values are drawn into the same plot (uPlot.setData); it is built anew only when lines,
 * theme or kind change. `data-total` is the sum of all values drawn, written in the same task as the drawing.
 */
export function TimeChart({ kind, frame, asOf, height, label, testId }: TimeChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(null);
  const shown = useRef(frame);
  const theme = useShownTheme();
  const look = `${kind} ${theme} ${height} ${frame.lines.map(({ name, colour }) => name + colour).join(' ')}`;

  useLayoutEffect(() => {
    shown.current = frame;
  }, [frame]);

  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const size = () => ({ width: element.clientWidth, height });
    const made = new uPlot(
      chartOptions(kind, () => shown.current, size()),
      chartData(shown.current),
      element,
    );
    plot.current = made;
    const resized = new ResizeObserver(() => made.setSize(size()));
    resized.observe(element);
    return () => {
      resized.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [kind, height, look]);

  useLayoutEffect(() => {
    plot.current?.setData(chartData(frame));
    if (!box.current) return;
    box.current.dataset.total = String(drawnTotal(frame.lines));
    box.current.dataset.asOf = asOf;
  }, [frame, asOf, look]);

  return <div ref={box} role="img" aria-label={label} data-testid={testId} className="w-full overflow-hidden" style={{ height }} />;
}
