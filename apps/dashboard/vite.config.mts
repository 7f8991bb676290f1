import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** Where the dev server sends /api and /socket.io. */
const gateway = process.env.GATEWAY_URL ?? 'http://127.0.0.1:3000';

/** The page that most visits begin with is on its way while the code that asks for it is. */
const preloadOverview: Plugin = {
  name: 'preload-overview',
  transformIndexHtml: {
    order: 'post',
    handler(html, { bundle = {} }) {
      const chunks = Object.values(bundle).flatMap((output) => (output.type === 'chunk' ? [output] : []));
      const wanted = new Set<string>();
      const want = (file: string): void => {
        if (wanted.has(file)) return;
        wanted.add(file);
        chunks.find(({ fileName }) => fileName === file)?.imports.forEach(want);
      };
      const overview = chunks.find(({ facadeModuleId }) => facadeModuleId?.endsWith('/routes/overview.tsx'));
      if (overview) want(overview.fileName);
      return [...wanted]
        .filter((file) => !html.includes(file))
        .map((file) => ({ tag: 'link', attrs: { rel: 'modulepreload', crossorigin: true, href: `/${file}` }, injectTo: 'head' as const }));
    },
  },
};

export default defineConfig({
  root: import.meta.dirname,
  cacheDir: '../../node_modules/.vite/apps/dashboard',
  plugins: [react(), tailwindcss(), preloadOverview],
  resolve: { conditions: ['@analytics/source', 'module', 'browser', 'development|production'] },
  server: {
    host: '127.0.0.1',
    port: 4200,
    strictPort: true,
    proxy: { '/api': gateway, '/socket.io': { target: gateway, ws: true } },
  },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    sourcemap: true,
    // The page's content security policy has no data: scripts; light-dark() is kept as written from these versions on.
    assetsInlineLimit: 0,
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
  },
});
