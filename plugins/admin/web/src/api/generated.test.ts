// Makes generated.ts from openapi.json, which a contract test of the hub holds against what the hub offers.
// `npm run types` writes it anew.
import openapiTS, { astToString, type OpenAPI3 } from "openapi-typescript";
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

type Json = { [name: string]: unknown };

/** In answers the hub writes every field; one that the description does not promise may be null. */
function asAnswered(schema: Json): Json {
  const all = schema.properties as Record<string, Json> | undefined;
  if (schema.type === "array") return { ...schema, items: asAnswered(schema.items as Json) };
  if (!all) return schema;
  const promised = new Set((schema.required as string[] | undefined) ?? []);
  const properties = Object.entries(all).map(([name, field]) => {
    const answered = asAnswered(field);
    return [name, promised.has(name) ? answered : { anyOf: [answered, { type: "null" }] }];
  });
  return { ...schema, properties: Object.fromEntries(properties), required: Object.keys(all) };
}

function described(): OpenAPI3 {
  const document = JSON.parse(readFileSync(`${__dirname}/../../openapi.json`, "utf8"));
  for (const methods of Object.values<Record<string, Json>>(document.paths)) {
    for (const operation of Object.values(methods)) {
      const answers = operation.responses as Record<string, { content?: Record<string, { schema: Json }> }>;
      const good = Object.entries(answers).filter(([status]) => status.startsWith("2"));
      for (const [, answer] of good) {
        const body = answer.content?.["application/json"];
        if (body) body.schema = asAnswered(body.schema);
      }
      operation.responses = Object.fromEntries(good);
    }
  }
  return document;
}

it("the types are those of the hub's description; else: npm run types", async () => {
  const tree = await openapiTS(described(), { emptyObjectsUnknown: true, alphabetize: true });
  await expect(`// Written by npm run types.\n${astToString(tree)}`).toMatchFileSnapshot("generated.ts");
}, 60_000);
