/** Makes a function that never throws: whatever goes wrong in the tracker, the page does not notice. */
export const guard =
  <A extends unknown[], R>(run: (...args: A) => R) =>
  (...args: A): R | undefined => {
    try {
      return run(...args);
    } catch {
      return undefined;
    }
  };

type Events = WindowEventMap & Pick<DocumentEventMap, 'visibilitychange'>;

/** Listens on the window before the page does, so that `stopPropagation` hides nothing. */
export const on = <K extends keyof Events>(type: K, handle: (event: Events[K]) => void): void =>
  addEventListener(type, guard(handle) as EventListener, true);

/**
 * Observes a method of the platform. The caller gets the same result or the same thrown error, and a proxy keeps the name, length and text
 * of the original function.
 * @param before sees the arguments and may return a function that passes on the result
 */
export function observe<O extends object, A extends unknown[], R>(
  owner: O,
  name: keyof O,
  before: (args: A, self: O) => ((result: R) => R | void) | void,
): void {
  const methods = owner as Record<keyof O, (...args: A) => R>;
  methods[name] = new Proxy(methods[name], {
    apply(original, self, args) {
      const after = guard(before)(args as A, self);
      const result = original.apply(self, args as A);
      return (after && guard(after)(result)) ?? result;
    },
  });
}
