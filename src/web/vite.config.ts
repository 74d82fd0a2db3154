import { join } from 'node:path';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { contractFingerprint } from '../../scripts/contract-fingerprint.mjs';
import { shellFiles } from './service-worker/shell-files.ts';

/** Builds the app into `dist/web`, from which the daemon serves it with a strict content security policy. */
export default defineConfig({
  root: import.meta.dirname,
  define: { CONTRACT_FINGERPRINT: contractFingerprint() },
  plugins: [react(), tailwindcss(), shellFiles(join(import.meta.dirname, 'public'))],
  build: {
    outDir: '../../dist/web',
    emptyOutDir: true,
    target: 'es2023',
    // Inlined assets are `data:` URLs, which the policy forbids.
    assetsInlineLimit: 0,
    license: { fileName: 'third-party-licenses.md' },
    chunkSizeWarningLimit: 400,
  },
});
