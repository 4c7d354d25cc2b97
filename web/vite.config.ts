import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Paths that belong to the API; the app's own pages live under /app, so that neither hides the other. */
const API_PATHS = [
  '/jobs',
  '/models',
  '/connections',
  '/datasets',
  '/health',
  '/system',
  '/analytics',
  '/docs',
  '/docs-json',
];
const API = 'http://127.0.0.1:8006';

export default defineConfig({
  plugins: [react()],
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    target: 'es2022',
    // The content security policy admits no data: fonts or scripts, and files cache better.
    assetsInlineLimit: 0,
    // The charts' chunk is loaded when a chart is looked at.
    chunkSizeWarningLimit: 800,
  },
  server: { port: 5173, proxy: Object.fromEntries(API_PATHS.map((path) => [path, { target: API }])) },
});
