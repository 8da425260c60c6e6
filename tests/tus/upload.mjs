// Uploads a file with the tus project's own client:
//   node upload.mjs URL FILE whole               at once
//   node upload.mjs URL FILE interrupted         in pieces, given up half way, taken up again by a new client
import fs from "node:fs";
import * as tus from "tus-js-client";

const [url, path, how] = process.argv.slice(2);
const size = fs.statSync(path).size;

function upload(options, stopAfter = Infinity) {
  return new Promise((resolve, reject) => {
    const client = new tus.Upload(fs.createReadStream(path), {
      uploadUrl: url,
      uploadSize: size,
      retryDelays: [0, 100, 300],
      ...options,
      onError: reject,
      onSuccess: () => resolve("complete"),
      onChunkComplete: (_, accepted) => {
        if (accepted >= stopAfter && accepted < size) client.abort().then(() => resolve(`stopped at ${accepted}`), reject);
      },
    });
    client.start();
  });
}

if (how === "interrupted") {
  console.log(await upload({ chunkSize: Math.ceil(size / 10) }, size / 2));
  console.log(await upload({ chunkSize: Math.ceil(size / 7) }));
} else {
  console.log(await upload({ chunkSize: Infinity }));
}
