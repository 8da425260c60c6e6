// The built page, as the hub serves it: fallback to index.html, immutable assets, compressed copies, the exact policy.
import { existsSync, readFileSync, statSync } from "node:fs";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const kPages = {
  "/admin": fileURLToPath(new URL("../../dist", import.meta.url)),
  "/sharing": fileURLToPath(new URL("../../../../sharing/web/dist", import.meta.url)),
};
const kPolicy =
  "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";
const kTypes = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

export function servePage(request, response) {
  const { pathname } = new URL(request.url, "http://hub");
  if (pathname === "/") return redirect(response, "/admin");
  const base = `/${pathname.split("/")[1]}`;
  const folder = kPages[base];
  if (!folder) return plain(response, 404, `There is no page at ${pathname}.`);
  const wanted = join(folder, normalize(pathname.slice(base.length)));
  const isFile = wanted.startsWith(folder) && existsSync(wanted) && statSync(wanted).isFile();
  const file = isFile ? wanted : join(folder, "index.html");
  if (!existsSync(file))
    return plain(response, 404, "Build the page first: npm run build, or kit/page.mjs build");
  const coding = codingOf(request.headers["accept-encoding"] ?? "", file);
  response.writeHead(200, {
    "Content-Type": kTypes[extname(file)] ?? "application/octet-stream",
    "Cache-Control": file.includes("/assets/") ? "public, max-age=31536000, immutable" : "no-cache",
    "Content-Security-Policy": kPolicy,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    ...(coding ? { "Content-Encoding": coding.name } : {}),
  });
  response.end(readFileSync(file + (coding?.ending ?? "")));
}

function codingOf(accepted, file) {
  if (/\bbr\b/.test(accepted) && existsSync(`${file}.br`)) return { name: "br", ending: ".br" };
  if (/\bgzip\b/.test(accepted) && existsSync(`${file}.gz`)) return { name: "gzip", ending: ".gz" };
  return null;
}

function redirect(response, to) {
  response.writeHead(302, { Location: to });
  response.end();
}

function plain(response, status, text) {
  response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8" });
  response.end(text);
}
