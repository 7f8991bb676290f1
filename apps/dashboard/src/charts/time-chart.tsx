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
  /** A stretch of the chart was dragged over; seconds since 1970. */
  onZoom?: (from: number, to: number) => void;
}

/**
 * A stacked chart over time. New values are drawn into the same plot (uPlot.setData); it is built anew only when lines,
 * theme or kind change. `data-total` is the sum of all values drawn, written in the same task as the drawing.
 */
export function TimeChart({ kind, frame, asOf, height, label, testId, onZoom }: TimeChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(null);
  const shown = useRef(frame);
  const zoom = useRef(onZoom);
  const zooms = onZoom !== undefined;
  const theme = useShownTheme();
  const lines = frame.lines.map(({ name, colour }) => name + colour).join(' ');
  const look = [kind, theme, height, zooms, frame.timeZone, frame.before !== undefined, lines].join(' ');

  useLayoutEffect(() => {
    shown.current = frame;
    zoom.current = onZoom;
  }, [frame, onZoom]);

  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const size = () => ({ width: element.clientWidth, height });
    const made = new uPlot(
      chartOptions({
        kind,
        frame: () => shown.current,
        size: size(),
        ...(zooms && { onZoom: (from: number, to: number) => zoom.current?.(from, to) }),
      }),
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
  }, [kind, height, look, zooms]);

  useLayoutEffect(() => {
    plot.current?.setData(chartData(frame));
    if (!box.current) return;
    box.current.dataset.total = String(drawnTotal(frame.lines));
    box.current.dataset.asOf = asOf;
  }, [frame, asOf, look]);

  return <div ref={box} role="img" aria-label={label} data-testid={testId} className="w-full overflow-hidden" style={{ height }} />;
}
