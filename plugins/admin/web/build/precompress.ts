// Writes a .gz and a .br copy beside each file of the built page that gets smaller by it. The hub sends these
// copies as they are, so it never compresses anything itself.
import { readFile, readdir, writeFile } from "node:fs/promises";
import { extname, join, resolve } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { Plugin } from "vite";

const kTextFiles = new Set([".css", ".html", ".js", ".json", ".svg"]);

export function precompress(): Plugin {
  let folder = "dist";
  return {
    name: "precompress",
    apply: "build",
    configResolved(config) {
      folder = resolve(config.root, config.build.outDir);
    },
    async closeBundle() {
      for (const file of await textFilesBelow(folder)) await compress(file);
    },
  };
}

async function textFilesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const nested = entries.map(async (entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return textFilesBelow(path);
    return kTextFiles.has(extname(entry.name)) ? [path] : [];
  });
  return (await Promise.all(nested)).flat();
}

async function compress(file: string) {
  const content = await readFile(file);
  const brotli = brotliCompressSync(content, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length },
  });
  const gzip = gzipSync(content, { level: 9 });
  if (gzip.length < content.length) await writeFile(`${file}.gz`, gzip);
  if (brotli.length < content.length) await writeFile(`${file}.br`, brotli);
}
