// What stands in the head of every page of the hub.
import type { HtmlTagDescriptor, Plugin } from "vite";

const kHead: HtmlTagDescriptor[] = [
  { tag: "meta", attrs: { charset: "utf-8" } },
  {
    tag: "meta",
    attrs: { name: "viewport", content: "width=device-width, initial-scale=1, viewport-fit=cover" },
  },
  { tag: "meta", attrs: { name: "color-scheme", content: "light dark" } },
  { tag: "meta", attrs: { name: "referrer", content: "no-referrer" } },
  // React Aria puts a style element into the page unless this id is taken; the policy forbids style elements. Its two
  // rules are in src/styles/base.css.
  {
    tag: "meta",
    attrs: { id: "react-aria-pressable-style", name: "pressable-style", content: "in the style sheet" },
  },
];
const kNoScript = "This page needs JavaScript. Everything it does can also be done by the API, see /docs.";

/** `base`: the page's path with a slash at its end. */
export function pageHead(base: string): Plugin {
  const icon = { rel: "icon", type: "image/svg+xml", href: `${base}icon.svg` };
  return {
    name: "page-head",
    transformIndexHtml: () => [
      ...kHead.map((one) => ({ ...one, injectTo: "head-prepend" as const })),
      { tag: "link", attrs: icon, injectTo: "head" },
      { tag: "noscript", children: kNoScript, injectTo: "body" },
    ],
  };
}
