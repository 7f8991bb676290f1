import uPlot from 'uplot';
import { cssColour } from '../ui/theme.js';
import { calendarDay, calendarMonth, clockMinute, clockTime, shortDay } from '../ui/zone-time.js';
import { tooltipPlugin } from './chart-tooltip.js';
import type { ChartFrame } from './chart-frame.js';
import { niceCeiling, stackHeights, type ChartLine } from './stack.js';

export type ChartKind = 'area' | 'bars';

/** Steps of the time axis, seconds: uPlot's own lack 2 minutes, which five minutes on a phone need. */
const TIME_STEPS = [
  ...[1, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800],
  ...[3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800, 1_209_600, 2_592_000, 5_184_000],
];
const FONT = '11px ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif';

const BROWSER_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

export const chartData = ({ buckets, lines, before }: ChartFrame): uPlot.AlignedData => [
  [...buckets],
  ...stackHeights(lines, buckets.length),
  ...(before ? [buckets.map((_, index) => before.values[index] ?? null)] : []),
];

function timeLabel(at: number, step: number, timeZone: string): string {
  const ms = at * 1000;
  if (step >= 2_592_000) return calendarMonth(ms, timeZone);
  if (clockTime(ms, timeZone) === '00:00:00') return step < 43_200 ? shortDay(ms, timeZone) : calendarDay(ms, timeZone);
  return step < 60 ? clockTime(ms, timeZone) : clockMinute(ms, timeZone);
}

/** Half a character of the axis, CSS px. */
const HALF_LETTER = 3.2;

/** A label that would be cut off at the right edge is left out. */
const fitting = (plot: uPlot, at: number, label: string): string =>
  plot.bbox.left / devicePixelRatio + plot.valToPos(at, 'x') + label.length * HALF_LETTER <= plot.width ? label : '';

/** Washes buckets out that show only a part: the last one will still grow, the first one may be cut by the range. */
function drawParts(plot: uPlot, kind: ChartKind, frame: ChartFrame, card: string): void {
  const { unfinished, cut, buckets, lines } = frame;
  if (lines.length === 0) return;
  const { left, width } = plot.bbox;
  const at = (index: number): number => plot.valToPos(buckets[index] ?? 0, 'x', true);
  if (kind === 'bars') {
    if (unfinished !== null) wash(plot, card, at(unfinished), left + width + 2);
    return;
  }
  if (cut && buckets.length > 2) {
    wash(plot, card, left, at(1));
    dash(plot, frame, 0, 1);
  }
  if (unfinished === null) return;
  wash(plot, card, at(Math.max(0, unfinished - 1)), left + width + 2);
  if (unfinished > 0) dash(plot, frame, unfinished - 1, unfinished);
}

function wash({ ctx, bbox }: uPlot, card: string, from: number, to: number): void {
  ctx.save();
  ctx.globalAlpha = 0.62;
  ctx.fillStyle = card;
  ctx.fillRect(from, bbox.top - 2, to - from, bbox.height + 2);
  ctx.restore();
}

/** The edge of an area between two buckets, of which one shows only a part. */
function dash(plot: uPlot, { lines, buckets }: ChartFrame, from: number, to: number): void {
  const heights = plot.data[1];
  if (!heights) return;
  const { ctx } = plot;
  ctx.save();
  ctx.strokeStyle = cssColour(lines.at(-1)?.colour ?? '--muted');
  ctx.lineWidth = 1.5 * devicePixelRatio;
  ctx.setLineDash([4 * devicePixelRatio, 3 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(plot.valToPos(buckets[from] ?? 0, 'x', true), plot.valToPos(heights[from] ?? 0, 'y', true));
  ctx.lineTo(plot.valToPos(buckets[to] ?? 0, 'x', true), plot.valToPos(heights[to] ?? 0, 'y', true));
  ctx.stroke();
  ctx.restore();
}

function axes(frame: () => ChartFrame): uPlot.Axis[] {
  const common: uPlot.Axis = { stroke: cssColour('--chart-axis'), font: FONT, ticks: { show: false } };
  return [
    {
      ...common,
      incrs: TIME_STEPS,
      space: 64,
      size: 20,
      gap: 5,
      grid: { show: false },
      values: (plot, splits, _axis, _space, step) =>
        splits.map((at) => fitting(plot, at, timeLabel(at, step, frame().timeZone ?? BROWSER_ZONE))),
    },
    {
      ...common,
      space: 36,
      size: (_plot, values: string[] | null) => 14 + 7 * Math.max(3, ...(values ?? []).map((value) => value.length)),
      gap: 6,
      grid: { stroke: cssColour('--chart-grid'), width: 1 },
      values: (_plot, splits) => splits.map((value) => frame().formatAxis(value)),
    },
  ];
}

/** The comparison lies under the stack's own lines in meaning, but is drawn last: a thin line hides nothing. */
const beforeSeries = (): uPlot.Series => ({ stroke: cssColour('--chart-before'), width: 1.5, dash: [5, 4], points: { show: false } });

/** What was dragged over, from whole bucket to whole bucket; a click is no drag. */
function zoomHook(frame: () => ChartFrame, onZoom: (from: number, to: number) => void): (plot: uPlot) => void {
  return (plot) => {
    const { left, width } = plot.select;
    if (width < 4) return;
    const { buckets, granularitySeconds } = frame();
    const first = buckets[plot.posToIdx(left)] ?? 0;
    const last = buckets[plot.posToIdx(left + width)] ?? 0;
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    onZoom(first, last + granularitySeconds);
  };
}

function series(kind: ChartKind, lines: readonly ChartLine[]): uPlot.Series[] {
  return [...lines].reverse().map(({ label, colour }) => {
    const paint = cssColour(colour);
    if (kind === 'bars')
      return {
        label,
        fill: paint,
        width: 0,
        points: { show: false },
        paths: uPlot.paths.bars?.({ size: [0.78, 44], align: 1, radius: [0.12, 0] }),
      };
    return { label, stroke: paint, width: 1.5, fill: cssColour(colour, 0.28), points: { show: false } };
  });
}

/** In a stack of areas each fill ends where the next line begins, so that translucent colours do not add up. */
const bands = (kind: ChartKind, count: number): uPlot.Band[] =>
  kind === 'bars' ? [] : Array.from({ length: Math.max(0, count - 1) }, (_, index) => ({ series: [index + 1, index + 2] }));

interface ChartSetup {
  kind: ChartKind;
  frame: () => ChartFrame;
  size: { width: number; height: number };
  /** Set, a stretch of the chart can be dragged over; seconds since 1970. */
  onZoom?: (from: number, to: number) => void;
}

/** uPlot's options for a stacked chart over time. Colours are read from the page's CSS at this moment. */
export function chartOptions({ kind, frame, size, onZoom }: ChartSetup): uPlot.Options {
  const { lines, before, timeZone } = frame();
  const card = cssColour('--card');
  const end = (buckets: readonly number[]) => (buckets.at(-1) ?? 0) + (kind === 'bars' ? frame().granularitySeconds : 0);
  return {
    ...size,
    padding: [10, 16, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: onZoom !== undefined, y: false, setScale: false }, points: { show: false } },
    ...(timeZone !== undefined && { tzDate: (at: number) => uPlot.tzDate(new Date(at * 1000), timeZone) }),
    scales: {
      x: { time: true, range: () => [frame().buckets[0] ?? 0, Math.max(end(frame().buckets), (frame().buckets[0] ?? 0) + 1)] },
      y: { range: (_plot, _min, max) => [0, niceCeiling(max)] },
    },
    axes: axes(frame),
    series: [{}, ...series(kind, lines), ...(before ? [beforeSeries()] : [])],
    bands: bands(kind, lines.length),
    plugins: [tooltipPlugin(frame)],
    hooks: { draw: [(plot) => drawParts(plot, kind, frame(), card)], ...(onZoom && { setSelect: [zoomHook(frame, onZoom)] }) },
  };
}
