import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

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

/** Each script and style a second time, packed: the API sends it to who takes it so (src/api/common/web-app.ts). */
function packed(): Plugin {
  return {
    name: 'packed',
    apply: 'build',
    async writeBundle({ dir = '' }) {
      const folder = path.join(dir, 'assets');
      const names = (await readdir(folder)).filter((name) => /\.(js|css)$/.test(name));
      for (const name of names) {
        await writeFile(
          path.join(folder, `${name}.gz`),
          gzipSync(await readFile(path.join(folder, name)), { level: 9 }),
        );
      }
    },
  };
}

export default defineConfig({
  plugins: [react(), packed()],
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
