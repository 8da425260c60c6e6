import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { pageHead } from "./build/page_head";
import { precompress } from "./build/precompress";

// Where `npm run dev` finds a hub: the fake one, or a real one by GATETORIO_HUB.
const kHub = process.env.GATETORIO_HUB ?? "http://127.0.0.1:8090";

export default defineConfig({
  base: "/admin/",
  plugins: [react(), pageHead("/admin/"), precompress()],
  server: { proxy: { "/api": kHub, "/health": kHub, "/ready": kHub } },
  build: {
    target: "es2021",
    // Nothing as a data: address: the policy of the page allows those for images only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // One script: the first page needs most of it, and compressed it is 175 KiB.
    chunkSizeWarningLimit: 700,
    cssCodeSplit: false,
  },
});
