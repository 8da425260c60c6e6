// A stand-in for a hub, to develop the page against: a fleet that moves, the admin's API in memory, and the built page
// under the same Content-Security-Policy as the real one. No part of the product, and no proof of anything: what the
// hub really answers is tested against a hub (tests/admin-page).
//
//   node dev/fake-hub.mjs [--port 8090] [--quick]      --quick: setup is done, log in as jane or victor with "night gate pass"
import { createServer } from "node:http";
import { accounts } from "./fake/accounts.mjs";
import { Api } from "./fake/api.mjs";
import { declareAdmin } from "./fake/admin_operations.mjs";
import { declareFeatures } from "./fake/feature_operations.mjs";
import { Fleet } from "./fake/fleet.mjs";
import { servePage } from "./fake/page.mjs";

const args = process.argv.slice(2);
const port = Number(args[args.indexOf("--port") + 1]) || 8090;

const fleet = new Fleet();
const people = accounts();
const api = new Api(people, fleet);
declareAdmin(api, fleet, people);
declareFeatures(api, fleet);
if (args.includes("--quick")) people.makeUsualTwo();

const server = createServer((request, response) => {
  if (request.url.startsWith("/api/v1/") || request.url === "/health") return api.answer(request, response);
  return servePage(request, response);
});
server.listen(port, "127.0.0.1", () => {
  const url = `http://127.0.0.1:${server.address().port}`;
  console.log(`ready ${url}`);
  console.log(`open ${url}/admin#setup=${people.setupToken}`);
});
setInterval(() => fleet.move(), 1000);
