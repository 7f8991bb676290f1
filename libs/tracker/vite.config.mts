import { defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  cacheDir: '../../node_modules/.vite/libs/tracker',
  build: {
    // Chromium 92, Firefox 90, Safari 15: nothing is rewritten for older ones, which would cost bytes.
    target: 'es2021',
    outDir: 'dist',
    lib: { entry: 'src/tracker.ts', formats: ['iife'], name: 'analyticsTracker', fileName: () => 'tracker.js' },
    sourcemap: false,
    rolldownOptions: { output: { topLevelVar: false } },
  },
});
