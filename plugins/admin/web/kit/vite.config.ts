// Builds the page of a plugin: its folder is PAGE_FOLDER, its path PAGE_PATH. Run by page.mjs.
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { pageHead } from "../build/page_head";
import { precompress } from "../build/precompress";

const kKit = fileURLToPath(new URL(".", import.meta.url));
const kModules = join(kKit, "../node_modules");
const kPackage = createRequire(import.meta.url)("../package.json") as {
  dependencies: Record<string, string>;
};
const kHub = process.env.GATETORIO_HUB ?? "http://127.0.0.1:8090";
const base = `${process.env.PAGE_PATH}/`;

// The kit's packages are the page's as well: there must be one React. Others come from the page's own node_modules.
const packagesOfKit = [...Object.keys(kPackage.dependencies), "vitest"].map((name) => ({
  find: new RegExp(`^${name}(?=/|$)`),
  replacement: join(kModules, name),
}));

export default defineConfig({
  root: process.env.PAGE_FOLDER!,
  base,
  publicDir: join(kKit, "../public"),
  cacheDir: join(kModules, ".vite-pages"),
  resolve: {
    alias: [
      { find: /^@gatetorio\/admin-kit$/, replacement: join(kKit, "index.ts") },
      { find: /^@gatetorio\/admin-kit\/testing$/, replacement: join(kKit, "testing.ts") },
      ...packagesOfKit,
    ],
  },
  plugins: [react(), pageHead(base), precompress()],
  build: {
    target: "es2021",
    // Nothing as a data: address: the policy of the page allows those for images only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
    cssCodeSplit: false,
  },
  server: { fs: { strict: false }, proxy: { "/api": kHub, "/admin": kHub, "/health": kHub } },
});
