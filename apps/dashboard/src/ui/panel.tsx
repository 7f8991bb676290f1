import type { UseQueryResult } from '@tanstack/react-query';
import { RotateCw, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { PanelBoundary } from './panel-boundary.js';

interface PanelProps<T> {
  /** Names the panel for the eye and for screen readers. */
  title: string;
  /** Said small beside the title: the time it covers, the unit. */
  note?: string;
  actions?: ReactNode;
  /** Stands above the content, and stays while there is none: what the question is made with. */
  controls?: ReactNode;
  query: Pick<UseQueryResult<T, Error>, 'data' | 'error' | 'isPlaceholderData'> & { refetch: () => unknown };
  /** As tall and wide as the content will be. */
  skeleton: ReactNode;
  children: (data: T) => ReactNode;
  className?: string;
}

/** A card with one answer in it. It loads, keeps its old answer, and fails on its own. */
export function Panel<T>({ title, note, actions, controls, query, skeleton, children, className = '' }: PanelProps<T>) {
  return (
    <section aria-label={title} className={`card flex min-w-0 flex-col p-4 ${className}`}>
      <header className="mb-3 flex min-h-8 flex-wrap items-center gap-x-2 gap-y-1">
        <h2 className="text-[15px] font-semibold">{title}</h2>
        {note && <span className="text-[13px] text-muted">{note}</span>}
        {actions && <div className="ml-auto flex flex-wrap items-center gap-2">{actions}</div>}
      </header>
      {controls}
      <PanelContent title={title} query={query} skeleton={skeleton}>
        {children}
      </PanelContent>
    </section>
  );
}

/** The inside of a panel, for cards that hold more than one answer. */
export function PanelContent<T>({ title, query, skeleton, children }: Pick<PanelProps<T>, 'title' | 'query' | 'skeleton' | 'children'>) {
  const { data, error, refetch, isPlaceholderData } = query;
  const retry = () => void refetch();
  if (data === undefined && error) return <Failure sentence={`${title} could not be loaded. ${error.message}`} onRetry={retry} />;
  if (data === undefined) {
    return (
      <div role="status" aria-label={`${title} is loading`} className="flex grow flex-col">
        {skeleton}
      </div>
    );
  }
  return (
    <>
      {error && <OldData sentence={`Not refreshed: ${error.message}`} onRetry={retry} />}
      <div className={`flex min-w-0 grow flex-col ${isPlaceholderData ? 'opacity-50' : ''}`}>
        <PanelBoundary title={title} draw={() => children(data)} />
      </div>
    </>
  );
}

/** What stands in the place of content that could not be had. */
export function Failure({ sentence, onRetry }: { sentence: string; onRetry: () => void }) {
  return (
    <div role="alert" className="flex grow flex-col items-center justify-center gap-3 px-4 py-8 text-center">
      <TriangleAlert aria-hidden className="size-5 text-warn" />
      <p className="max-w-md text-muted">{sentence}</p>
      <button type="button" className="control" data-track="panel-retry" onClick={onRetry}>
        <RotateCw aria-hidden className="size-3.5" /> Try again
      </button>
    </div>
  );
}

function OldData({ sentence, onRetry }: { sentence: string; onRetry: () => void }) {
  return (
    <div role="alert" className="mb-3 flex items-center gap-2 rounded-lg bg-raised px-3 py-1.5 text-[13px]">
      <TriangleAlert aria-hidden className="size-4 shrink-0 text-warn" />
      <span className="min-w-0 grow">{sentence} The numbers below are from before.</span>
      <button
        type="button"
        data-track="panel-retry"
        className="shrink-0 font-medium text-accent underline-offset-2 hover:underline"
        onClick={onRetry}
      >
        Try again
      </button>
    </div>
  );
}

/** A skeleton of rows, as high as the lists that it stands for. */
export function RowsSkeleton({ rows, height = 32 }: { rows: number; height?: number }) {
  return (
    <div className="flex flex-col gap-1">
      {Array.from({ length: rows }, (_, index) => (
        <div key={index} className="skeleton" style={{ height: height - 4, width: `${96 - index * (60 / rows)}%` }} />
      ))}
    </div>
  );
}
