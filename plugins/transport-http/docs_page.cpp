#include "docs_page.hpp"

namespace gatetorio::transport_http {
namespace {

constexpr std::string_view kHtml = R"html(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Gatetorio hub API</title>
<link rel="stylesheet" href="/docs/style.css">
</head>
<body>
<header><h1>Gatetorio hub API</h1><p id="about">Loading <a href="/openapi.json">/openapi.json</a> &hellip;</p></header>
<main id="operations"></main>
<noscript>This page needs JavaScript. The document is at <a href="/openapi.json">/openapi.json</a>.</noscript>
<script src="/docs/app.js"></script>
</body>
</html>
)html";

constexpr std::string_view kScript = R"js("use strict";
// Text only ever goes in as textContent: nothing from the document can become markup.
function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function schemaBlock(title, schema) {
  const block = element("section");
  block.append(element("h3", "", title), element("pre", "", JSON.stringify(schema, null, 2)));
  return block;
}

function parameterTable(parameters) {
  const table = element("table");
  for (const parameter of parameters) {
    const row = table.insertRow();
    row.append(element("td", "name", parameter.name), element("td", "", parameter.in));
    row.append(element("td", "", parameter.required ? "required" : "optional"));
    row.append(element("td", "", JSON.stringify(parameter.schema)));
  }
  return table;
}

function responseTable(responses) {
  const table = element("table");
  for (const [status, response] of Object.entries(responses)) {
    const row = table.insertRow();
    const what = response.description || response.$ref.split("/").pop().replace(/\d+$/, "");
    row.append(element("td", "name", status), element("td", "", what));
  }
  return table;
}

function operationBlock(base, path, method, operation) {
  const block = element("details");
  const line = element("summary");
  line.append(element("span", "method " + method, method.toUpperCase()), element("code", "", base + path));
  line.append(element("span", "what", operation.summary || ""));
  block.append(line);
  if (operation.parameters) block.append(element("h3", "", "Parameters"), parameterTable(operation.parameters));
  const body = operation.requestBody && operation.requestBody.content["application/json"];
  if (body) block.append(schemaBlock("Body", body.schema));
  for (const [status, response] of Object.entries(operation.responses)) {
    const json = response.content && response.content["application/json"];
    if (json) block.append(schemaBlock("Answer " + status, json.schema));
  }
  block.append(element("h3", "", "Statuses"), responseTable(operation.responses));
  return block;
}

async function show() {
  const about = document.getElementById("about");
  const answer = await fetch("/openapi.json");
  if (!answer.ok) throw new Error("HTTP " + answer.status);
  const api = await answer.json();
  const base = api.servers[0].url;
  about.textContent = "Version " + api.info.version + ", base path " + base;
  const groups = new Map();
  for (const [path, methods] of Object.entries(api.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const tag = operation.tags[0];
      if (!groups.has(tag)) groups.set(tag, []);
      groups.get(tag).push(operationBlock(base, path, method, operation));
    }
  }
  const main = document.getElementById("operations");
  for (const [tag, blocks] of groups) main.append(element("h2", "", tag), ...blocks);
}

show().catch((error) => {
  document.getElementById("about").textContent = "The document could not be loaded: " + error.message;
});
)js";

constexpr std::string_view kStyle = R"css(:root { color-scheme: light dark; --line: #8884; --soft: #8881; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.5rem; margin: 0; }
h2 { font-size: 1.1rem; margin: 1.5rem 0 .5rem; }
h3 { font-size: .9rem; margin: .75rem 0 .25rem; }
details { border: 1px solid var(--line); border-radius: 6px; margin: .4rem 0; padding: .4rem .7rem; }
summary { cursor: pointer; display: flex; gap: .75rem; flex-wrap: wrap; align-items: baseline; }
summary:focus-visible { outline: 2px solid #4a90d9; outline-offset: 3px; }
.method { font: 600 .8rem/1.6 ui-monospace, monospace; min-width: 4.2rem; text-align: center; border-radius: 4px;
          color: #fff; background: #555; }
.method.get { background: #1a5fb4; }
.method.post { background: #1b7a3d; }
.method.patch, .method.put { background: #8a5a00; }
.method.delete { background: #a51d2d; }
.what { opacity: .8; }
code, pre, .name { font-family: ui-monospace, monospace; }
pre { background: var(--soft); border-radius: 4px; padding: .6rem; overflow-x: auto; margin: 0; font-size: .85rem; }
table { border-collapse: collapse; font-size: .9rem; }
td { border-bottom: 1px solid var(--line); padding: .2rem .8rem .2rem 0; vertical-align: top; }
)css";

}  // namespace

StaticFile docs_html() { return {"text/html; charset=utf-8", kHtml}; }
StaticFile docs_script() { return {"text/javascript; charset=utf-8", kScript}; }
StaticFile docs_style() { return {"text/css; charset=utf-8", kStyle}; }

}  // namespace gatetorio::transport_http
