import { lazy } from 'react';

const loads: (() => Promise<unknown>)[] = [];

/**
 * As React's `lazy`, for what opens under a control: {@link loadAhead} loads it when the control is pointed at. Then it is there at once, while
 * `lazy` shows what stands in for it for at least 300 ms, however soon it comes.
 */
export const loadedAhead: typeof lazy = (load) => {
  type Module = ReturnType<typeof load>;
  let module: Awaited<Module> | undefined;
  const begin = () => load().then((loaded) => (module = loaded));
  loads.push(begin);
  // React asks no promise whether it is fulfilled already; this answers before `then` returns.
  const fulfilled = { then: (take: (module: Awaited<Module> | undefined) => void) => take(module) };
  return lazy(() => (module ? (fulfilled as unknown as Module) : begin()));
};

/** Loads all of them, once. What fails here is tried again, and said, when it is opened. */
export function loadAhead(): void {
  for (const begin of loads.splice(0)) begin().catch(() => undefined);
}
