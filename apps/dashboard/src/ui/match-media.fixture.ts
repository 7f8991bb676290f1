/** jsdom has no matchMedia. uPlot asks it when it is loaded, so this file is a setup file of Jest's: nothing ever matches. */
globalThis.matchMedia ??= () => Object.assign(new EventTarget(), { matches: false }) as MediaQueryList;
